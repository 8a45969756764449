"""What stands on a list's page: heads, rows, chips, the form's controls, places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from html import escape  # Django's also looks for lazy texts: a tenth of a page
from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.queries import columns_of_each
from yimaqing.domains.lists.asking import (
    Question,
    address_part,
    without,
)
from yimaqing.domains.lists.catalogue import listings
from yimaqing.domains.lists.cells import NUMBERS, Wording, value_in_words
from yimaqing.domains.lists.engine import Row, all_of
from yimaqing.domains.lists.rights import is_open
from yimaqing.domains.lists.views.reach import Reach
from yimaqing.domains.places.queries import children, names_of, path_of
from yimaqing.kit.dataset import Kind
from yimaqing.kit.listing import Column
from yimaqing.ui.templatetags.ui import DASH, mark

_VILLAGE = 12
_ANY_PLACE = "0" * _VILLAGE


@dataclass(frozen=True)
class Chip:
    """A filter that is on, and the address without it."""

    text: str
    href: str


def rows_in_html(reach: Reach, rows: Sequence[Row], columns: Sequence[Column]) -> SafeString:
    """The rows of the table's body. Made here, not in a template: fifty lines of ten cells."""
    places = names_of({row.place_code[:_VILLAGE] for row in rows})
    by_column = [
        Wording(column).texts([row.values[n] for row in rows], places)
        for n, column in enumerate(columns)
    ]
    closed = _closed(reach, rows, columns)
    linked = _linked(columns)
    labels = [escape(str(column.label)) for column in columns]
    before, after = _link(reach)
    choose = escape(_("选择")) if reach.listing.bulk else ""
    lines = []
    for at, row in enumerate(rows):
        number = row.id if reach.listing.own_page else row.household_id
        address = f"{before}{number}{after}" if before and number is not None else ""
        cells = [
            _cell(
                column,
                labels[n],
                "" if (at, n) in closed else by_column[n][at],
                mark_of=row.values[n] if column.mark else None,
                address=address if n == linked else "",
            )
            for n, column in enumerate(columns)
        ]
        box = _box(row, choose) if choose else ""
        lines.append(f"<tr>{box}{''.join(cells)}</tr>")
    return mark_safe("".join(lines))  # noqa: S308 - every cell is escaped


def _linked(columns: Sequence[Column]) -> int:
    """The column whose cell leads on: the first name, else the first."""
    return next((n for n, column in enumerate(columns) if column.kind == Kind.NAME), 0)


def _box(row: Row, choose: str) -> str:
    return (
        f'<td class="pick"><label><input type="checkbox" name="id" value="{row.id}" form="bulk">'
        f'<span class="sr-only">{choose}</span></label></td>'
    )


def _cell(column: Column, label: str, text: str, *, mark_of: str | None, address: str) -> str:
    """A cell; on a phone, where rows are cards, its heading stands before it."""
    shown = str(mark(mark_of, text)) if mark_of else escape(text)
    if address:
        shown = f'<a href="{escape(address)}">{shown}</a>'
    kind = "number" if column.kind in NUMBERS else "lead" if address else ""
    if text in {"", DASH}:
        kind = f"{kind} blank".strip()
    named = f' class="{kind}"' if kind else ""
    return f'<td{named} data-label="{label}">{shown}</td>'


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


def _link(reach: Reach) -> tuple[str, str]:
    """What stands before and after the number in a row's address; nothing where none leads on."""
    if not reach.listing.address:
        return "", ""
    before, _number, after = reverse(reach.listing.address, args=[0]).rpartition("0")
    return before, after if reach.listing.own_page else f"{after}?from=list"


@cache
def page_address(slug: str) -> str:
    """Where a list is, which stays while the service runs."""
    return reverse("lists:page", args=[slug])


def tabs(reach: Reach, question: Question) -> list[tuple[str, str, bool]]:
    """The lists that are open: what each is called, its address, whether it is this one."""
    at = f"?place={quote(question.place)}" if question.place else ""
    return [
        (str(one.label), page_address(one.slug) + at, one is reach.listing)
        for one in listings().values()
        if (one.in_menu or one is reach.listing) and is_open(one, reach.viewer)
    ]


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


def sorts_of(reach: Reach, question: Question) -> list[tuple[str, str, bool]]:
    """The orders: what each is called, its address, whether it is this one."""
    now = reach.listing.sort(question.sort)
    return [
        (
            str(one.label),
            address_part(reach.listing, replace(all_of(question), sort=one.name)),
            one is now,
        )
        for one in reach.listing.sorts
    ]


def places_of(reach: Reach, question: Question) -> dict[str, Any]:
    """Where the list is: the path down to it and what lies below, each with its address."""
    code = question.place or _first_place(reach)
    path = [one for one in (path_of(code) if code else []) if reach.scope.covers(one.code)]
    below = children(path[-1].code).values_list("code", "name") if path else []
    # The address is made once: place codes are digits, and stand in it as they are.
    at = address_part(reach.listing, replace(all_of(question), place=_ANY_PLACE))
    before, _place, after = at.partition(_ANY_PLACE)
    return {
        "path": [(one.name, f"{before}{one.code}{after}") for one in path],
        "below": [(name, f"{before}{one}{after}") for one, name in below],
        "named": not reach.scope.ranges,
    }


def _first_place(reach: Reach) -> str:
    ranges = reach.scope.ranges
    return ranges[0][0].ljust(_VILLAGE, "0") if len(ranges) == 1 else ""
