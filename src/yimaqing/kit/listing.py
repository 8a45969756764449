"""What a domain says about its lists: the types of ``lists`` plug-ins.

A ``lists`` module exposes ``listings: list[Listing]`` and ``searches: list[Search]``. The
engine (domain lists) pages, counts, filters, sorts and exports any of them in the same way. It
knows columns and statements, never households.

Names in the SQL of a listing: ``t`` is its table, further aliases come from its ``joins``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from yimaqing.kit.dataset import CodeTable, Kind
from yimaqing.kit.rowscope import Scope

Label = str | Promise


@dataclass(frozen=True)
class Column:
    """A column of a list.

    ``sql`` is its value. Of a secret one (``purpose``, as it was sealed with) that is the sealed
    value, and ``index`` its blind index: shown masked, found whole. ``right`` is the column of a
    household's file that a viewer must be allowed to see; empty: whoever sees the row.
    ``join`` names what must be joined for it. ``part``: found by a part of it; ``within`` is
    then a condition that narrows the search by an index, over ``%(gram)s`` (the first pair of
    characters), ``%(stem)s`` (up to the first digit) and ``%(word)s``. ``shown``:
    on the page until the viewer chooses. ``blank``: SQL of "nothing is there". ``words``: what
    values are called where the set of them is not known beforehand; ``choices``: all of them,
    where they can be told. ``edit``: a workbook of the
    list may come back with other values in it. ``mark``: its value is a warning's colour.
    """

    name: str
    label: Label
    sql: str
    kind: Kind = Kind.TEXT
    table: CodeTable | None = None
    right: str = ""
    join: str = ""
    purpose: bytes = b""
    index: str = ""
    part: bool = False
    within: str = ""
    shown: bool = True
    filter: bool = True
    blank: str = ""
    words: Callable[[Collection[str]], Mapping[str, str]] | None = None
    choices: Callable[[], Mapping[str, str]] | None = None
    edit: bool = False
    mark: bool = False

    @property
    def personal(self) -> bool:
        """Whether a value asked for must not stand in an address."""
        return bool(self.purpose) or self.kind == Kind.NAME or self.name == "address"


@dataclass(frozen=True)
class Sort:
    """An order: ``keys`` are SQL, never NULL, the last one unique; all run one way."""

    name: str
    label: Label
    keys: tuple[str, ...]
    descending: bool = False


@dataclass(frozen=True)
class Bulk:
    """What can be done to the chosen rows at once.

    ``run(ids=…, reason=…, by=…)`` is an action; it gives back how many rows it changed and
    raises ValueError, with words for the user, when it cannot be done.
    """

    name: str
    label: Label
    permission: str
    run: Callable[..., int]
    reason: Label = ""
    most: int = 1000


@dataclass(frozen=True)
class Listing:
    """A list: where its rows are and what may be shown, asked and done.

    ``table`` has ``id`` and ``place_code``; ``household`` is the SQL of the household's number.
    ``where`` holds for every row. ``joins`` by alias, each after those it needs. ``right``: a
    column of the file without which the list is not open. ``dataset`` takes rows of it back;
    ``beside`` are columns that it needs for that and that no page shows. ``address`` is where a
    row leads: a page's name that takes the household's number, or the row's own (``own_page``).
    Without ``in_menu`` another page leads to it.
    """

    slug: str
    label: Label
    unit: Label
    permission: str
    table: str
    columns: tuple[Column, ...]
    sorts: tuple[Sort, ...]
    where: str = ""
    joins: Mapping[str, str] = field(default_factory=dict)
    household: str = "t.household_id"
    right: str = ""
    dataset: str = ""
    beside: tuple[Column, ...] = ()
    address: str = ""
    own_page: bool = False
    bulk: tuple[Bulk, ...] = ()
    empty: Label = ""
    place_in_menu: int = 50
    in_menu: bool = True

    def column(self, name: str) -> Column | None:
        """The column of that name; None when there is none."""
        return next((one for one in self.columns if one.name == name), None)

    def sort(self, name: str) -> Sort:
        """The order of that name; the first one when there is none."""
        return next((one for one in self.sorts if one.name == name), self.sorts[0])


@dataclass(frozen=True)
class Hit:
    """What a search found: ``why`` says by what."""

    title: str
    detail: str
    why: Label
    address: str


@dataclass(frozen=True)
class Search:
    """One way to search. ``find(text, scope, viewer, most)``; ``kind`` stands in the trail."""

    kind: str
    label: Label
    permission: str
    find: Callable[[str, Scope, Any, int], Sequence[Hit]]
