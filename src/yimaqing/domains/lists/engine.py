"""A question as SQL: a page, a count, a stream of rows.

A page is found in two steps: the numbers of its rows, by the narrowest table and an index in
the page's order; then what is shown of these fifty. Values are always parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connections

from yimaqing.domains.lists.asking import Question
from yimaqing.domains.lists.conditions import Part, filters_of
from yimaqing.domains.lists.planner import way_of
from yimaqing.kit.listing import Column, Listing, Sort
from yimaqing.kit.rowscope import FETCH, WALK, planned

PAGE = 50
#: A count stops here and says so; the exact figure follows by itself.
MANY = 10_000
_COUNTY_DIGITS = 6
#: Rows that a walk along the order goes through at most: 1 ms, then 15.
_WALKS = (3_000, 30_000)
#: Fewer in the first walk: a longer one would not find fifty.
_WORTH_WALKING_ON = 2
_COUNTED = 60_000


@dataclass(frozen=True)
class Row:
    """A row of a list: its number, place and household, and the values asked for, as stored."""

    id: int
    place_code: str
    household_id: int | None
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Page:
    """Rows, and whether there are more behind and before them."""

    rows: list[Row]
    has_next: bool
    has_previous: bool


@dataclass(frozen=True)
class Bounds:
    """Half-open range of places, or the households named to a user who has no place.

    What the policy enforces anyway: said in the statement too, so that the planner knows how
    much it is.
    """

    low: str = ""
    high: str = ""
    households: tuple[int, ...] = ()

    @property
    def is_narrow(self) -> bool:
        """Whether it is less than a county."""
        return bool(self.households) or len(self.low) > _COUNTY_DIGITS


def page_of(
    listing: Listing,
    question: Question,
    columns: Sequence[Column],
    bounds: Bounds | None,
    *,
    size: int = PAGE,
    using: str = "default",
) -> Page:
    """The page that the question asks for, within the scope of the connection."""
    sort, back = listing.sort(question.sort), question.before is not None
    edge = _edge(listing, sort, question.before if back else question.after, using)
    found = _numbers(listing, question, sort, bounds, _beyond(sort, edge, back=back), back, size)
    needed = _needed(columns, sort)
    sql = (
        f"SELECT {_shown(listing, columns)} FROM {_tables(listing, needed)}"
        f" WHERE t.id = ANY(%s::bigint[]) ORDER BY {_order(sort, back=back)}"
    )
    with planned(FETCH, using):
        rows = [_row(one) for one in _fetched(sql, (found,), using)] if found else []
    more = len(rows) > size
    rows = rows[:size]
    if back:
        rows.reverse()
        return Page(rows, has_next=True, has_previous=more)
    return Page(rows, has_next=more, has_previous=bool(edge))


def _numbers(
    listing: Listing,
    question: Question,
    sort: Sort,
    bounds: Bounds | None,
    beyond: Part,
    back: bool,
    size: int,
) -> list[int]:
    """Numbers of the page's rows and of one behind it.

    First a walk along the order's index, which soon has fifty of anything frequent; what is
    rarer is looked for by indexes and sorted, or walked for once more where there are none.
    """
    frame = _framed(listing, bounds) + beyond
    order = _order(sort, back=back)
    walks = not (bounds and bounds.is_narrow) or sort.keys[0] == "t.place_code"
    if not question.filters:
        sql = f"SELECT t.id FROM {listing.table} t{_where(frame)} ORDER BY {order}"
        return _ids(sql, frame, size + 1, WALK if walks else "")
    filters = filters_of(listing, question, by_index=False)
    way = way_of(listing, question)
    for steps in (_WALKS if way else _WALKS[:1]) if walks else ():
        walked = f"SELECT * FROM {listing.table} t{_where(frame)} ORDER BY {order} LIMIT {steps}"
        sql = (
            f"SELECT t.id FROM ({walked}) t{_joined(listing, filters.joins)}{_where(filters)}"
            f" ORDER BY {order}"
        )
        both = Part(filters.conditions, frame.values + filters.values, filters.joins)
        found = _ids(sql, both, size + 1, WALK)
        if len(found) > size:
            return found
        if len(found) < _WORTH_WALKING_ON:
            break
    filters = filters_of(listing, question, by_index=True)
    wanted = frame + filters
    sql = f"{_selected(listing, wanted, 't.id')} ORDER BY {order}"
    return _ids(sql, wanted, size + 1, way)


def count_of(
    listing: Listing,
    question: Question,
    bounds: Bounds | None,
    *,
    most: int | None = None,
    using: str = "default",
) -> int:
    """How many rows there are; counting stops at ``most``."""
    frame = _framed(listing, bounds)
    walked = f"SELECT * FROM {listing.table} t{_where(frame)}"
    way = way_of(listing, question, using)
    if most is not None and way:
        filters = filters_of(listing, question, by_index=False)
        sql = (
            f"SELECT count(*) FROM (SELECT t.id FROM ({walked} LIMIT {_COUNTED}) t"
            f"{_joined(listing, filters.joins)}{_where(filters)} LIMIT {most}) n"
        )
        found = int(_fetched(sql, frame.values + filters.values, using)[0][0])
        if found >= most:
            return found
    wanted = frame + filters_of(listing, question, by_index=True)
    sql = f"SELECT count(*) FROM ({_selected(listing, wanted, '1')}"
    sql += f" LIMIT {most}) n" if most is not None else ") n"
    with planned(way, using):
        return int(_fetched(sql, wanted.values, using)[0][0])


def numbers_of(
    listing: Listing,
    question: Question,
    bounds: Bounds | None,
    *,
    among: Sequence[int] | None = None,
    most: int,
) -> list[int]:
    """Numbers of the rows asked for, at most so many; ``among`` leaves out all others."""
    wanted = _wanted(listing, question, bounds)
    if among is not None:
        wanted += Part(("t.id = ANY(%s::bigint[])",), (list(among),))
    sql = _selected(listing, wanted, "t.id") + f" ORDER BY t.id LIMIT {most}"
    return [row[0] for row in _fetched(sql, wanted.values, "default")]


def rows_of(
    listing: Listing,
    question: Question,
    columns: Sequence[Column],
    bounds: Bounds | None,
    *,
    using: str = "default",
    batch: int = 5000,
) -> Iterator[list[Row]]:
    """Every row, in pieces, as one moment saw them; memory does not grow with their number.

    Runs inside the caller's transaction, which must stay open until the last piece.
    """
    sort = listing.sort(question.sort)
    wanted = _wanted(listing, question, bounds)
    needed = _needed(columns, sort) | wanted.joins
    sql = (
        f"SELECT {_shown(listing, columns)} FROM {_tables(listing, needed)}"
        f"{_where(wanted)} ORDER BY {_order(sort)}"
    )
    connection = connections[using]
    connection.ensure_connection()
    with connection.connection.cursor(name="lists_rows") as cursor:
        cursor.execute(sql, wanted.values)
        while found := cursor.fetchmany(batch):
            yield [_row(one) for one in found]


def rows_among(
    listing: Listing, columns: Sequence[Column], numbers: Sequence[int], *, using: str = "default"
) -> list[Row]:
    """Those of these rows that the list has, within the scope of the connection."""
    wanted = _framed(listing, None) + Part(("t.id = ANY(%s::bigint[])",), (list(numbers),))
    tables = _tables(listing, frozenset({one.join for one in columns} - {""}))
    sql = f"SELECT {_shown(listing, columns)} FROM {tables}{_where(wanted)} ORDER BY t.id"
    with planned(FETCH, using):
        return [_row(one) for one in _fetched(sql, wanted.values, using)]


def _framed(listing: Listing, bounds: Bounds | None) -> Part:
    """What holds whatever is asked: the list's own condition and the place."""
    part = Part((listing.where,)) if listing.where else Part()
    if bounds and bounds.low:
        inside = ("t.place_code >= %s", "t.place_code < %s")
        part += Part(inside, (bounds.low, bounds.high))
    if bounds and bounds.households:
        part += Part((f"{listing.household} = ANY(%s::bigint[])",), (list(bounds.households),))
    return part


def _wanted(listing: Listing, question: Question, bounds: Bounds | None) -> Part:
    return _framed(listing, bounds) + filters_of(listing, question, by_index=True)


def _edge(listing: Listing, sort: Sort, number: int | None, using: str) -> tuple[Any, ...]:
    """The sort key of a row; empty when there is none (any more)."""
    if number is None:
        return ()
    sql = f"SELECT {', '.join(sort.keys)} FROM {listing.table} t WHERE t.id = %s"
    found = _fetched(sql, (number,), using)
    return tuple(found[0]) if found else ()


def _beyond(sort: Sort, edge: Sequence[Any], *, back: bool) -> Part:
    if not edge:
        return Part()
    sign = "<" if sort.descending != back else ">"
    marks = ", ".join(["%s"] * len(edge))
    return Part((f"({', '.join(sort.keys)}) {sign} ({marks})",), tuple(edge))


def _order(sort: Sort, *, back: bool = False) -> str:
    way = " DESC" if sort.descending != back else ""
    return ", ".join(f"{key}{way}" for key in sort.keys)


def _selected(listing: Listing, wanted: Part, what: str) -> str:
    return f"SELECT {what} FROM {_tables(listing, wanted.joins)}{_where(wanted)}"


def _where(wanted: Part) -> str:
    return f" WHERE {' AND '.join(wanted.conditions)}" if wanted.conditions else ""


def _needed(columns: Sequence[Column], sort: Sort) -> frozenset[str]:
    aliases = {key.partition(".")[0] for key in sort.keys} - {"t"}
    return frozenset({one.join for one in columns} - {""} | aliases)


def _tables(listing: Listing, needed: frozenset[str]) -> str:
    return f"{listing.table} t{_joined(listing, needed)}"


def _joined(listing: Listing, needed: frozenset[str]) -> str:
    return "".join(f" {sql}" for alias, sql in listing.joins.items() if alias in needed)


def _ids(sql: str, part: Part, most: int, way: str, using: str = "default") -> list[int]:
    with planned(way, using):
        return [row[0] for row in _fetched(f"{sql} LIMIT {most}", part.values, using)]


def _shown(listing: Listing, columns: Sequence[Column]) -> str:
    return ", ".join(["t.id", "t.place_code", listing.household, *(one.sql for one in columns)])


def _row(found: Sequence[Any]) -> Row:
    number, place, household, *values = found
    return Row(number, place, household, tuple(values))


def _fetched(sql: str, values: Sequence[Any], using: str) -> list[tuple[Any, ...]]:
    with connections[using].cursor() as cursor:
        cursor.execute(sql, list(values))
        return list(cursor.fetchall())


def all_of(question: Question) -> Question:
    """The question without a page."""
    return replace(question, after=None, before=None)
