"""The form of filters: a list's columns, to be asked by and to be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yimaqing.domains.lists.asking import BETWEEN, BLANK, RANGES, Question
from yimaqing.domains.lists.catalogue import listing
from yimaqing.domains.lists.cells import is_english
from yimaqing.domains.lists.views.reach import Reach
from yimaqing.kit.dataset import Kind
from yimaqing.kit.listing import Column

_FEW = 12
_Filters = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Control:
    """A column in the form of filters: ``kind`` says how it is asked."""

    column: Column
    kind: str
    choices: Sequence[tuple[str, str, bool]] = ()
    value: str = ""
    low: str = ""
    high: str = ""
    blank: bool = False
    shown: bool = False
    filter: bool = True

    @property
    def first(self) -> bool:
        """Whether it is asked at once: its column is on the page, or it is asked already."""
        chosen = any(is_on for _slug, _text, is_on in self.choices)
        return bool(self.shown or chosen or self.value or self.low or self.high or self.blank)


def controls(reach: Reach, question: Question, columns: Sequence[Column]) -> SafeString:
    """Every column that the viewer sees: fields to filter by, boxes to show it.

    It is the same for many pages, and a third of what a page cost: it is kept, unless names or
    numbers of people are asked for.
    """
    open_ = tuple(
        (one.name, one.filter and reach.rights.everywhere_sees(one)) for one in reach.columns
    )
    shown = frozenset(column.name for column in columns)
    asked = tuple((name, tuple(values)) for name, values in question.filters.items())
    named = {one.name for one in reach.columns if one.personal}
    made = _kept if named.isdisjoint(question.filters) else _made
    return made(reach.listing.slug, get_language() or "", open_, shown, asked)


def _made(
    slug: str,
    _language: str,
    open_: tuple[tuple[str, bool], ...],
    shown: frozenset[str],
    asked: _Filters,
) -> SafeString:
    values = dict(asked)
    found = [
        replace(_control(column, values.get(name, ())), shown=name in shown, filter=may_ask)
        for name, may_ask in open_
        if (column := listing(slug).column(name)) is not None
    ]
    more = any(one.filter and not one.first for one in found)
    context = {"controls": found, "more_filters": more}
    return mark_safe(render_to_string("lists/_controls.html", context))  # noqa: S308 - a template's


_kept = lru_cache(maxsize=256)(_made)


def _control(column: Column, values: Sequence[str]) -> Control:
    blank = BLANK in values
    plain = [value for value in values if value != BLANK]
    if column.kind == Kind.YES_NO:
        pairs = [("yes", _("是")), ("no", _("否")), (BLANK, _("未填"))]
        return Control(column, "choice", [(slug, text, slug in values) for slug, text in pairs])
    if column.table is not None or column.choices is not None:
        each = [(slug, text, slug in values) for slug, text in _choices(column).items()]
        each.append((BLANK, _("未填"), blank))
        return Control(column, "choice" if len(each) <= _FEW else "select", each)
    if column.kind in RANGES:
        low, _between, high = (plain[0] if plain else "").partition(BETWEEN)
        kind = "days" if column.kind == Kind.DATE else "numbers"
        return Control(column, kind, low=low, high=high or low if not _between else high)
    return Control(column, "text", value=plain[0] if plain else "", blank=blank)


def _choices(column: Column) -> Mapping[str, str]:
    if column.choices is not None:
        return column.choices()
    if column.table is None:
        return {}
    return column.table.english if is_english() else column.table.shown
