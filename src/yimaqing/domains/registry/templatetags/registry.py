"""Words for stored values: ``{% load registry %}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.registry.codetables import label_of
from yimaqing.domains.registry.indicators import INDICATORS, value_in_words
from yimaqing.domains.registry.models import Change, Reading
from yimaqing.domains.registry.queries import MemberName
from yimaqing.kit.ids import mask_name as masked_name

register = template.Library()

SUBJECTS = {
    "household": _("户基本情况"),
    "person": _("家庭成员"),
    "yearlyincome": _("收入"),
    "livingcondition": _("住房与生活"),
    "measure": _("帮扶措施"),
    "payment": _("发放"),
    "pairing": _("结对帮扶"),
    "reading": _("读数"),
}

#: What a line of the history says was done, beside creating.
DONE = {
    "updated": _("更正：%(subject)s"),
    "removed": _("移除：%(subject)s"),
    "merged": _("合并重复：%(subject)s"),
    "unmerged": _("撤销合并：%(subject)s"),
}

#: Fields of a household whose old value the timeline says.
FIELDS = {
    "address": _("住址"),
    "team": _("组"),
    "member_count": _("家庭人口数"),
    "bank_name": _("开户银行"),
}


@register.filter
def old_values(event: Mapping[str, Any]) -> list[str]:
    """住址：原为“村西头”: what a corrected field said before."""
    if event["subject"] != "household":
        return []
    return [
        gettext("%(field)s：原为“%(value)s”")
        % {"field": FIELDS[name], "value": old or gettext("未登记")}
        for name, old in event["before"].items()
        if name in FIELDS
    ]


@register.filter
def fen_less(fen: int) -> str:
    """-12345 → 123.45: how much less."""
    return f"{abs(fen) / 100:,.2f}"


@register.filter
def done_to(change: Change) -> str:
    """更正：家庭成员: what a line of the history says."""
    subject = {"subject": subject_name(change.subject_kind)}
    return str(DONE.get(change.kind, DONE["updated"])) % subject


@register.filter
def was(change: Change) -> list[str]:
    """The old values that a correction may be told with."""
    return old_values({"subject": change.subject_kind, "before": change.before or {}})


@register.filter
def subject_name(kind: str) -> str:
    """What a change was made to."""
    return str(SUBJECTS.get(kind, kind))


@register.filter
def label(slug: str | None, table: str) -> str:
    """The label of a stored slug in the reader's language; empty for an empty one."""
    if not slug:
        return ""
    return label_of(table, slug, english=(get_language() or "").startswith("en"))


@register.filter
def mask_name(name: str) -> str:
    """王小明 → 王**."""
    return masked_name(name)


@register.filter
def indicator_name(code: str) -> str:
    """The indicator's label; the code when it is unknown."""
    known = INDICATORS.get(code)
    return str(known.label) if known else code


@register.filter
def reading_value(reading: Reading) -> str:
    """The value in words, or the number with its unit."""
    return value_in_words(reading.indicator, reading.value_text or reading.value_number)


@register.filter
def whose(person_id: int | None, members: Mapping[int, MemberName] | None) -> str:
    """配偶 王**: the member with this number; empty for none, or one not to be named."""
    one = (members or {}).get(person_id or 0)
    return f"{label(one.relation, 'relation')} {one.masked}" if one else ""


@register.simple_tag
def in_words(indicator: str, value: Any) -> str:
    """A value of an indicator in words."""
    return value_in_words(indicator, value)


@register.simple_tag
def compared_value(value: Any, kind: str) -> str:
    """A value of queries.years.Row in words; a dash for what is not known."""
    if value is None:
        return "—"
    if kind == "fen":
        return f"{value / 100:,.2f}"
    if kind == "yes_no":
        return yes_no(value)
    if kind in {"number", "words", "indicator"}:
        return str(value)
    return label(value, kind)


@register.filter
def yes_no(value: bool | None) -> str:
    """是 or 否; a dash for what is not known."""
    return "—" if value is None else (gettext("是") if value else gettext("否"))
