"""What a user asks of a list, and how it goes through an address.

In an address stand the place, the order, the chosen columns and filters over columns that are
not personal. What is personal goes into a kept question (models.Asked), of which the address
carries the random token.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from django.http import QueryDict

from yimaqing.kit.dataset import Kind
from yimaqing.kit.ids import to_half_width, whole_number
from yimaqing.kit.listing import Column, Listing

BLANK = "~"
BETWEEN = ".."
PREFIX = "f."
RANGES = frozenset({Kind.INTEGER, Kind.MONEY, Kind.DECIMAL, Kind.NUMBER, Kind.DATE})
_MOST_VALUES, _LONGEST = 60, 60


@dataclass(frozen=True)
class Question:
    """Filters by column: values, of which ``~`` is blank and ``a..b`` lies between (inclusive).

    ``token`` names the kept part; ``after`` and ``before`` are the number of the last row of
    the page before, or the first of the page behind.
    """

    listing: str
    place: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""
    columns: tuple[str, ...] = ()
    token: str = ""
    after: int | None = None
    before: int | None = None

    def as_json(self) -> dict[str, object]:
        """For keeping: everything but the token and the page."""
        filters = {name: list(values) for name, values in self.filters.items()}
        return {
            "place": self.place,
            "filters": filters,
            "sort": self.sort,
            "columns": list(self.columns),
        }


def from_json(listing: Listing, kept: Mapping[str, object]) -> Question:
    """The reverse of ``as_json``; what the list no longer has is left out."""
    filters = kept.get("filters")
    held: dict[str, tuple[str, ...]] = {}
    if isinstance(filters, dict):
        for name, values in filters.items():
            if listing.column(name):
                held[name] = tuple(map(str, values))
    columns = kept.get("columns")
    return Question(
        listing.slug,
        place=str(kept.get("place", "")),
        filters=held,
        sort=str(kept.get("sort", "")),
        columns=tuple(map(str, columns)) if isinstance(columns, list) else (),
    )


def from_address(listing: Listing, sent: QueryDict) -> Question:
    """What an address asks; personal columns in it are not heard."""
    filters = {
        column.name: values
        for column in listing.columns
        if column.filter and not column.personal and (values := _values(column, sent))
    }
    return _question(listing, sent, filters)


def from_form(listing: Listing, sent: QueryDict) -> Question:
    """What the form of filters asks, personal columns included."""
    filters = {
        column.name: values
        for column in listing.columns
        if column.filter and (values := _values(column, sent) + _span(column, sent))
    }
    return _question(listing, sent, filters)


def _question(
    listing: Listing, sent: QueryDict, filters: Mapping[str, tuple[str, ...]]
) -> Question:
    columns = tuple(name for name in sent.getlist("col") if listing.column(name))
    return Question(
        listing.slug,
        place=sent.get("place", "")[:_LONGEST],
        filters=filters,
        sort=sent.get("sort", "")[:_LONGEST],
        columns=columns,
        token=sent.get("q", "")[:_LONGEST],
        after=whole_number(sent.get("after", "")),
        before=whole_number(sent.get("before", "")),
    )


def _values(column: Column, sent: QueryDict) -> tuple[str, ...]:
    found = (text.strip()[:_LONGEST] for text in sent.getlist(PREFIX + column.name)[:_MOST_VALUES])
    return tuple(dict.fromkeys(text for text in found if is_askable(column, text)))


def _span(column: Column, sent: QueryDict) -> tuple[str, ...]:
    """From and to, as two fields of the form, in one value."""
    low, high = (
        sent.get(f"{PREFIX}{column.name}.{end}", "").strip()[:_LONGEST] for end in ("from", "to")
    )
    text = f"{low}{BETWEEN}{high}"
    return (text,) if text != BETWEEN and is_askable(column, text) else ()


def is_askable(column: Column, text: str) -> bool:
    """Whether a value can be asked of a column: what cannot be read is not heard."""
    if not text or text == BLANK:
        return text == BLANK
    if column.kind in RANGES:
        low, between, high = text.partition(BETWEEN)
        ends = [low, high] if between else [low]
        return any(ends) and all(not end or read(column.kind, end) is not None for end in ends)
    if column.kind == Kind.YES_NO:
        return text in {"yes", "no"}
    if column.kind in {Kind.CODE, Kind.CODES} and column.table is not None:
        return text in column.table.shown
    return True


def read(kind: Kind, text: str) -> object:
    """A value as the database compares it (money in fen); None when it is none."""
    plain = to_half_width(text).replace(",", "").strip()
    try:
        if kind == Kind.DATE:
            return dt.date.fromisoformat(plain)
        number = Decimal(plain)
    except (ValueError, InvalidOperation):
        return None
    if not number.is_finite() or abs(number) >= Decimal(10) ** 12:
        return None
    if kind == Kind.MONEY:
        return int(number * 100)
    if kind == Kind.INTEGER:
        return int(number) if number == int(number) and abs(number) < 2**31 else None
    return number


def public(listing: Listing, question: Question) -> Question:
    """The question without its personal filters."""
    kept = {
        name: values
        for name, values in question.filters.items()
        if (column := listing.column(name)) and not column.personal
    }
    return replace(question, filters=kept)


def personal(listing: Listing, question: Question) -> dict[str, tuple[str, ...]]:
    """The filters that must not stand in an address."""
    return {
        name: values
        for name, values in question.filters.items()
        if (column := listing.column(name)) and column.personal
    }


def address_part(listing: Listing, question: Question) -> str:
    """The query of the page's address, beginning with ``?``."""
    named = [("place", question.place), ("sort", question.sort)]
    filters = public(listing, question).filters
    pairs = [
        *((name, value) for name, value in named if value),
        *((PREFIX + name, value) for name, values in filters.items() for value in values),
        *(("col", name) for name in question.columns),
    ]
    turned = [("q", question.token), ("after", question.after), ("before", question.before)]
    pairs += [(name, str(value)) for name, value in turned if value not in {None, ""}]
    return "?" + urlencode(pairs)


def without(question: Question, name: str, value: str) -> Question:
    """The question with one value of a filter taken away."""
    left = tuple(one for one in question.filters.get(name, ()) if one != value)
    rest = {key: values for key, values in question.filters.items() if key != name}
    return replace(question, filters=rest | ({name: left} if left else {}), after=None, before=None)


def shown_columns(question: Question, open_: Sequence[Column]) -> list[Column]:
    """The columns to show, in the list's order: those chosen, else those shown by themselves."""
    chosen = set(question.columns)
    found = [one for one in open_ if (one.name in chosen if chosen else one.shown)]
    return found or [one for one in open_ if one.shown] or list(open_[:1])
