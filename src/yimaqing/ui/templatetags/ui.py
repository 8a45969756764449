"""Template components: ``{% load ui %}``; examples in ui/README.md."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yimaqing.ui import vite as assets

register = template.Library()

DASH = "—"
_ICONS = Path(__file__).parents[1] / "icons.json"

_SHAPES = {
    "red": "M6 0.8 12 11.2H0z",
    "orange": "M6 0 12 6 6 12 0 6z",
    "yellow": "M6 0.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11z",
    "done": "M4.4 8.3 10.5 1.6 12 3 4.5 11.2 0 6.9 1.4 5.4z",
}
WORDS: dict[str, Promise] = {
    "red": _("红色"),
    "orange": _("橙色"),
    "yellow": _("黄色"),
    "done": _("达标"),
    "unknown": _("未知"),
}


@register.simple_tag
def vite(name: str) -> SafeString:
    """Style sheets and script of an entry point."""
    return assets.tags(name)


@register.simple_tag
def vite_styles(name: str) -> SafeString:
    """Style sheets only: pages without script."""
    return assets.styles(name)


@cache
def _icons() -> dict[str, str]:
    icons: dict[str, str] = json.loads(_ICONS.read_text(encoding="utf-8"))
    return icons


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """One icon of the set, hidden from screen readers: the word stands beside it."""
    drawing = mark_safe(_icons()[name])  # noqa: S308 our own file
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', drawing)


def shape(colour: str) -> SafeString:
    """▲ ◆ ● ✓ as a drawing of even size; nothing for unknown, which is hatched."""
    path = _SHAPES.get(colour)
    if path is None:
        return mark_safe("")
    return format_html('<svg viewBox="0 0 12 12" aria-hidden="true"><path d="{}"/></svg>', path)


@register.simple_tag
def mark(colour: str | None, word: str | Promise = "") -> SafeString:
    """A warning colour (red, orange, yellow), done or unknown, with its shape and a word."""
    known = colour if colour in WORDS else "unknown"
    text = word or WORDS[known]
    return format_html('<span class="mark mark-{}">{}{}</span>', known, shape(known), text)


@register.inclusion_tag("ui/figure.html")
def figure(
    label: str,
    value: object,
    unit: str = "",
    *,
    href: str = "",
    definition: str = "",
    coverage: str = "",
    change: str = "",
) -> dict[str, object]:
    """A number with its unit, its definition behind ?, its coverage, and the list behind it."""
    return {
        "label": label,
        "value": number(value),
        "unit": unit,
        "href": href,
        "definition": definition,
        "coverage": coverage,
        "change": change,
    }


@register.inclusion_tag("ui/form_field.html")
def field(bound: BoundField) -> dict[str, object]:
    """A form field with its label, help and errors, tied together for screen readers."""
    attributes: dict[str, Any] = {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    described = [f"{bound.auto_id}-{part}" for part in _described(bound)]
    if described:
        attributes["aria-describedby"] = " ".join(described)
    return {
        "bound": bound,
        "control": bound.as_widget(attrs=attributes),
        "choice": isinstance(bound.field.widget, CheckboxInput),
        "several": bound.use_fieldset,
    }


def _described(bound: BoundField) -> list[str]:
    return [part for part, text in (("help", bound.help_text), ("error", bound.errors)) if text]


@register.inclusion_tag("ui/pager.html")
def pager(
    *, next_href: str = "", previous_href: str = "", shown: str = "", target: str = ""
) -> dict[str, object]:
    """Keyset pages: an address for each direction, and what is shown in words."""
    return {
        "next_href": next_href,
        "previous_href": previous_href,
        "shown": shown,
        "target": target,
    }


@register.filter
def number(value: object) -> str:
    """12345 → 12,345; fractions keep at most two places; nothing → a dash."""
    if value is None or value == "":
        return DASH
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float | Decimal):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return str(value)


@register.filter
def money(fen: int | None) -> str:
    """Fen → yuan: 123456 → 1,234.56 (the unit 元 stands after it in the template)."""
    if fen is None:
        return DASH
    sign = "-" if fen < 0 else ""
    yuan, rest = divmod(abs(int(fen)), 100)
    return f"{sign}{yuan:,}.{rest:02d}"


@register.filter
def yuan(value: float | Decimal | None) -> str:
    """3883.5 → 3,883.50, as ``money`` writes fen."""
    return DASH if value is None else f"{value:,.2f}"


@register.filter
def percent(share: float | None) -> str:
    """0.1923 → 19.2%."""
    return DASH if share is None else f"{share * 100:.1f}%"


@register.filter
def day(value: dt.date | dt.datetime | str | None) -> str:
    """2026年11月22日 (Nov. 22, 2026 in English); accepts dates, times and ISO text."""
    moment = _moment(value)
    return DASH if moment is None else formats.date_format(moment, "DATE_FORMAT")


@register.filter
def moment(value: dt.datetime | str | None) -> str:
    """2026年11月22日 14:05."""
    at = _moment(value)
    if at is None:
        return DASH
    clock = f"{at:%H:%M}" if isinstance(at, dt.datetime) else ""
    return f"{formats.date_format(at, 'DATE_FORMAT')} {clock}".strip()


@register.filter
def observed(value: dt.datetime | str | None) -> str:
    """A moment; the day alone in the first second of a day, where a day without a clock is kept.

    (Microseconds may stand in it: they tell apart what several imports say of one day.)
    """
    at = _moment(value)
    known = isinstance(at, dt.datetime) and at.time().replace(microsecond=0) != dt.time.min
    return moment(value) if known else day(value)


@register.filter
def last_day(until: dt.date | str | None) -> str:
    """The last day of what ends before a day: 2021-01-01 → 2020年12月31日."""
    end = _moment(until)
    return DASH if end is None else day(end - dt.timedelta(days=1))


def _moment(value: dt.date | dt.datetime | str | None) -> dt.date | dt.datetime | None:
    if not value:
        return None
    found = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    if isinstance(found, dt.datetime) and timezone.is_aware(found):
        return timezone.localtime(found)
    return found


@register.simple_tag
def other_language() -> dict[str, str]:
    """The language that the switch leads to: its code and its own name."""
    if (get_language() or "").startswith("en"):
        return {"code": "zh-hans", "name": "中文", "lang": "zh-Hans"}
    return {"code": "en", "name": "English", "lang": "en"}
