"""Small drawings of the cockpit: bars that need no script and no style attribute."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
def bar(share: float, look: str = "count") -> SafeString:
    """A bar whose filled part is ``share`` of its width."""
    return stacked(look, share)


@register.simple_tag
def stacked(looks: str, *shares: float) -> SafeString:
    """One bar of several parts: class names separated by blanks, then their shares."""
    parts = []
    start = 0.0
    for look, share in zip(looks.split(), shares, strict=True):
        parts.append((look, f"{start * 100:.2f}%", f"{share * 100:.2f}%"))
        start += share
    drawn = format_html_join("", '<rect class="bar-{}" x="{}" width="{}" height="100%"/>', parts)
    return format_html('<svg class="bar" aria-hidden="true">{}</svg>', drawn)


@register.simple_tag
def hatching() -> SafeString:
    """The hatch of what is unreported, for drawings; once a page."""
    return mark_safe(
        '<svg class="hatching" aria-hidden="true"><defs><pattern id="hatching" width="8" height="8"'
        ' patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch-ground"'
        ' width="8" height="8"/><rect class="hatch-line" width="2.5" height="8"/>'
        "</pattern></defs></svg>"
    )
