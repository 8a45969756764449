"""Readings side by side: one row a household or person, a column for each indicator."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _n

from yimaqing.domains.registry.codetables import code_table
from yimaqing.domains.registry.indicators import INDICATORS, Indicator
from yimaqing.kit.dataset import OF, CodeTable, Column, Kind, Wide

#: A shorter label of an indicator (吃, 收入) says too little as a heading.
_TELLING = 3
#: Where a page calls the indicator otherwise than the code table.
_CALLED = {"water.convenience": _n("取水往返时间"), "water.guarantee": _n("年缺水天数")}
#: What people write where nobody looked, or there is nobody whom it concerns.
_NOTHING = ("不作读数", "无", "/", "／", "-", "—", "——", "不涉及", "不适用", "无此项", "未核实")
_NOT_KNOWN = (
    "未核查",
    "未排查",
    "待核实",
    "待核查",
    "不清楚",
    "不详",
    "未知",
    "n/a",
    "N/A",
    "none",
)


def _words(one: Indicator) -> CodeTable:
    """The words that one indicator knows, out of those of all."""
    every = code_table("reading_value")
    return CodeTable(
        f"{every.name}.{one.code}",
        {label: slug for label, slug in every.labels.items() if slug in one.words},
        {slug: label for slug, label in every.shown.items() if slug in one.words},
        {slug: label for slug, label in every.english.items() if slug in one.words},
    )


def _column(one: Indicator) -> Column:
    labels = [
        label
        for label, slug in code_table("indicator").labels.items()
        if slug == one.code and len(label) >= _TELLING
    ]
    return Column(
        f"value{OF}{one.code}",
        _CALLED.get(one.code) or labels[0],
        tuple(labels),
        Kind.CODE if one.words else Kind.NUMBER,
        table=_words(one) if one.words else None,
        nothing=frozenset((*_NOTHING, *_NOT_KNOWN)),
    )


ABREAST = Wide(
    name="indicator",
    value="value",
    day="observed_on",
    columns=tuple(map(_column, INDICATORS.values())),
    only={"id_number": frozenset(c for c, one in INDICATORS.items() if one.of_person)},
)
