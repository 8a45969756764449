"""What stands on a list's page: heads, rows, chips, the form's controls, places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.queries import columns_of_each
from yimaqing.domains.lists.asking import (
    BETWEEN,
    BLANK,
    RANGES,
    Question,
    address_part,
    without,
)
from yimaqing.domains.lists.cells import NUMBERS, Wording, is_english, value_in_words
from yimaqing.domains.lists.engine import Row, all_of
from yimaqing.domains.lists.views.reach import Reach
from yimaqing.domains.places.queries import children, names_of, path_of
from yimaqing.kit.dataset import Kind
from yimaqing.kit.listing import Column

_VILLAGE = 12
_FEW = 12


@dataclass(frozen=True)
class Chip:
    """A filter that is on, and the address without it."""

    text: str
    href: str


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


def rows_in_html(reach: Reach, rows: Sequence[Row], columns: Sequence[Column]) -> list[SafeString]:
    """The rows of the table's body. Made here, not in a template: fifty lines of ten cells."""
    places = names_of({row.place_code[:_VILLAGE] for row in rows})
    by_column = [
        Wording(column).texts([row.values[n] for row in rows], places)
        for n, column in enumerate(columns)
    ]
    closed = _closed(reach, rows, columns)
    numbers = [column.kind in NUMBERS for column in columns]
    choosing = bool(reach.listing.bulk)
    lines = []
    for at, row in enumerate(rows):
        cells = [
            _cell("" if (at, n) in closed else texts[at], number=numbers[n])
            for n, texts in enumerate(by_column)
        ]
        address = _address(reach, row)
        if address and cells:
            first = escape(by_column[0][at])
            cells[0] = f'<td><a href="{escape(address)}">{first}</a></td>'
        box = (
            f'<td><input type="checkbox" name="id" value="{row.id}" form="bulk"'
            f' aria-label="{escape(_("选择"))}"></td>'
            if choosing
            else ""
        )
        lines.append(mark_safe(f"<tr>{box}{''.join(cells)}</tr>"))  # noqa: S308 - escaped above
    return lines


def _cell(text: str, *, number: bool) -> str:
    return f'<td class="number">{escape(text)}</td>' if number else f"<td>{escape(text)}</td>"


def _closed(reach: Reach, rows: Sequence[Row], columns: Sequence[Column]) -> set[tuple[int, int]]:
    """Cells (row, column) that the viewer may not see although he sees others of the column."""
    if not reach.rights.uneven(columns):
        return set()
    each = columns_of_each(reach.viewer, [(row.place_code, row.household_id) for row in rows])
    return {
        (at, n)
        for at, seen in enumerate(each)
        for n, column in enumerate(columns)
        if column.right and column.right not in seen
    }


def _address(reach: Reach, row: Row) -> str:
    if not reach.listing.address or row.household_id is None:
        return ""
    return reverse(reach.listing.address, args=[row.household_id]) + "?from=list"


def heads(columns: Sequence[Column]) -> list[tuple[str, bool]]:
    """Headings, and whether figures stand below them."""
    return [(str(column.label), column.kind in NUMBERS) for column in columns]


def chips(reach: Reach, question: Question) -> list[Chip]:
    """The filters that are on."""
    found = []
    for name, values in question.filters.items():
        column = reach.listing.column(name)
        if column is None:
            continue
        for value in values:
            left = replace(without(question, name, value), token=question.token)
            # A kept filter goes by the form alone: its token stands for all of them.
            if column.personal:
                left = replace(left, token="")
            words = value_in_words(column, value)
            found.append(Chip(f"{column.label}：{words}", address_part(reach.listing, left)))
    return found


def controls(reach: Reach, question: Question, columns: Sequence[Column]) -> list[Control]:
    """Every column of the list, to be filtered by and to be shown."""
    shown = {column.name for column in columns}
    return [
        replace(
            _control(column, question.filters.get(column.name, ())),
            shown=column.name in shown,
            filter=column.filter and reach.rights.everywhere_sees(column),
        )
        for column in reach.columns
    ]


def _control(column: Column, values: Sequence[str]) -> Control:
    blank = BLANK in values
    plain = [value for value in values if value != BLANK]
    if column.kind == Kind.YES_NO:
        pairs = [("yes", _("是")), ("no", _("否")), (BLANK, _("未填"))]
        return Control(column, "choice", [(slug, text, slug in values) for slug, text in pairs])
    if column.table is not None:
        table = column.table.english if is_english() else column.table.shown
        each = [(slug, text, slug in values) for slug, text in table.items()]
        each.append((BLANK, _("未填"), blank))
        return Control(column, "choice" if len(each) <= _FEW else "select", each)
    if column.kind in RANGES:
        low, _between, high = (plain[0] if plain else "").partition(BETWEEN)
        kind = "days" if column.kind == Kind.DATE else "numbers"
        return Control(column, kind, low=low, high=high or low if not _between else high)
    return Control(column, "text", value=plain[0] if plain else "", blank=blank)


def places_of(reach: Reach, question: Question) -> dict[str, Any]:
    """Where the list is: the path down to it and what lies below, each with its address."""
    code = question.place or _first_place(reach)
    path = [one for one in (path_of(code) if code else []) if reach.scope.covers(one.code)]
    below = children(path[-1].code) if path else []
    return {
        "path": [(one.name, _at(reach, question, one.code)) for one in path],
        "below": [(one.name, _at(reach, question, one.code)) for one in below],
        "named": not reach.scope.ranges,
    }


def _at(reach: Reach, question: Question, code: str) -> str:
    return address_part(reach.listing, replace(all_of(question), place=code))


def _first_place(reach: Reach) -> str:
    ranges = reach.scope.ranges
    return ranges[0][0].ljust(_VILLAGE, "0") if len(ranges) == 1 else ""
