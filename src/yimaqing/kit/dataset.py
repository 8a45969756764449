"""What a domain says about the files that it takes: the types of ``loaders`` plug-ins.

A ``loaders`` module exposes ``datasets: list[Dataset]``. The engine (intake) reads any of them
alike: header by label, cells by kind, checks over columns, then statements over whole tables.

Names in the SQL of a dataset: ``s`` is the staging table (a row for each of the file, columns named
like ``Column.name``; secret ones as ``…_sealed``, ``…_index``, ``…_masked``), ``r`` what
``lookup`` found for it, ``t`` the row that is there already, ``intake_plan`` what will be done:
``row_no, id, outcome, place_code, before`` and every further column of the lookup.
Parameters: ``%(batch)s %(actor)s %(source)s %(as_of)s`` and ``%(columns)s``, the file's columns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # every process knows datasets, few read rows
    import polars as pl


class Kind(StrEnum):
    """How the cells of a column are read."""

    TEXT = "text"
    NAME = "name"  # of a person; shown masked
    INTEGER = "integer"
    MONEY = "money"  # yuan in the file, fen in the database
    DECIMAL = "decimal"  # two decimals
    NUMBER = "number"  # any number
    YES_NO = "yes_no"
    DATE = "date"
    CODE = "code"  # one label of a code table
    CODES = "codes"  # several labels, separated by 、
    ID_NUMBER = "id_number"
    PHONE = "phone"
    ACCOUNT = "account"
    PLACE = "place"


@dataclass(frozen=True)
class CodeTable:
    """Values of a column: what files say to what is stored, and labels to write, in order."""

    name: str
    labels: Mapping[str, str]
    shown: Mapping[str, str]
    english: Mapping[str, str]

    @staticmethod
    def of(name: str, words: Mapping[str, tuple[str, str]]) -> CodeTable:
        """From the Chinese and the English label of each value."""
        return CodeTable(
            name=name,
            labels={zh: slug for slug, (zh, _en) in words.items()},
            shown={slug: zh for slug, (zh, _en) in words.items()},
            english={slug: en for slug, (_zh, en) in words.items()},
        )


@dataclass(frozen=True)
class Allotment:
    """Values made of the blind index; ``sql``: which ``%(values)s`` are held, by whose index."""

    prefix: str
    digits: int
    sql: str


@dataclass(frozen=True)
class Finder:
    """Another column of people's own sheets from which a column's value can be looked up.

    ``sql`` selects ``asked, found, path`` (what was asked for, the value, names that tell
    candidates apart, outermost first) for ``%(asked)s``, an array: of texts, or of blind indexes
    of secret values (``purpose``). ``%(ranges)s`` is where the sender may write. ``within``:
    headings of columns that narrow it down, those of the path. ``like``: a pattern that most of
    its cells match. ``allotment``: for new records' values.
    """

    name: str
    label: str
    synonyms: tuple[str, ...]
    sql: str
    purpose: bytes = b""
    within: tuple[tuple[str, ...], ...] = ()
    like: str = ""
    allotment: Allotment | None = None


@dataclass(frozen=True)
class Column:
    """A column of a file.

    ``label`` is the Chinese heading (also the msgid of its translation), ``synonyms``
    other headings, the national code first. ``required``: every row must fill it; ``for_new``:
    rows of new records must, others keep what is there. ``follows``: what it follows from where
    a row does not state it, needed or not. ``low`` and ``high`` are inclusive and in the unit of
    the file. With ``purpose`` (``table.column``) the value is secret: sealed at once, never staged
    in clear; with ``sealed`` off only its blind index is kept. ``personal`` values are not shown in
    reports. ``exempt``: (column, slug) under which the format is not checked. ``finders``: what it
    can be looked up by where a sheet lacks it. ``nothing``: cells that state no value. ``usual``:
    what its values look like where ``pattern`` allows more; other people's words for the column
    count only where most cells do. ``otherwise``: for sheets that lack it (intake: ROW, AS_OF).
    """

    name: str
    label: str
    synonyms: tuple[str, ...] = ()
    kind: Kind = Kind.TEXT
    required: bool = False
    for_new: bool = False
    table: CodeTable | None = None
    low: float | None = None
    high: float | None = None
    pattern: str = ""
    example: str = ""
    max_length: int = 200
    most: int = 1
    purpose: bytes = b""
    sealed: bool = True
    personal: bool = False
    exempt: tuple[str, str] | None = None
    finders: tuple[Finder, ...] = ()
    nothing: frozenset[str] = frozenset()
    usual: str = ""
    otherwise: str = ""
    follows: tuple[str, ...] = ()

    @property
    def secret(self) -> bool:
        """Whether the value is personal and never stored in clear."""
        return bool(self.purpose)

    @property
    def needed(self) -> bool:
        """Whether there is no record without it."""
        return self.required or self.for_new


OF = "="  # between the column of values and the name that a sheet's own column holds them of


@dataclass(frozen=True)
class Wide:
    """Rows side by side in one row of a sheet: a column for each ``name``, called ``value=code``.

    ``only``: columns that rows of some codes alone have. ``day``: that of a heading's date.
    """

    name: str
    value: str
    day: str
    columns: tuple[Column, ...]
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """Rows of a chunk that break a rule (Boolean); ``params``: values, or columns of them."""

    code: str
    column: str
    rows: pl.Series
    params: Mapping[str, pl.Series | str | int] = field(default_factory=dict)
    warning: bool = False


@dataclass(frozen=True)
class Message:
    """Why a row is not taken and what would be right; msgids with ``%(name)s`` params."""

    reason: str
    remedy: str


@dataclass(frozen=True)
class Rule:
    """A check: ``sql`` selects ``row_no, value, params``; of a warning, 0 means the file."""

    code: str
    column: str
    sql: str
    warning: bool = False


@dataclass(frozen=True)
class Field:
    """A column of the target table and the SQL of its new value (over ``s`` and ``r``).

    ``stated_by``: the file's column behind it; without that a row keeps what it has. ``compare``:
    the field to compare by instead (a sealed value never equals itself). ``keep_blank``: an empty
    cell does not erase. Without ``recorded`` the history does not show it.
    """

    column: str
    value: str
    stated_by: str = ""
    compare: str = ""
    keep_blank: bool = False
    recorded: bool = True


@dataclass(frozen=True)
class Hold:
    """What an undo leaves, and why (``code`` of ``Dataset.messages``, filled by ``detail``, jsonb).

    ``sql`` selects ``id, keys, detail`` from ``intake_taken u``; NULL ``keys``: the whole row.
    """

    code: str
    sql: str


@dataclass(frozen=True)
class Undo:
    """How what a batch wrote is found again and taken back.

    Its SQL may name ``intake_taken u``, a row for each record created or updated: ``id, outcome``,
    ``place_code, stays`` (a created row that is left), ``wanted`` (jsonb of columns to put back),
    ``gone`` (jsonb of what history shall keep). ``%(source)s`` says that it is an undo.

    - ``created``: SELECT ``id`` of what the batch created; ``edited``: SELECT
      ``id, key, was, actor, at``: changes by hand since (key as in history).
    - ``place``, ``label``: over ``t``. ``holds``: what stays although nobody changed it. ``lock``
      keeps others from adding to it; ``prepare`` amends ``wanted`` before its use; ``before``,
      ``after``: run around it. ``together``: columns of which none changes alone.
    - ``notes``: SELECT ``count(*)`` by name of what else goes, for the report.
    """

    created: str
    place: str = "t.place_code"
    label: str = "''"
    edited: str = ""
    holds: tuple[Hold, ...] = ()
    lock: tuple[str, ...] = ()
    prepare: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Dataset:
    """A kind of file and how its rows become records.

    - ``key``: expressions over ``s`` that name a row, once in a file unless one is NULL.
      ``further_keys``: (column, unique expression).
    - ``lookup``: SELECT ``row_no, target_id, place_code, held_place`` (where it is now) and what
      else is needed, from ``{stage} s``. NULL place_code: unknown, and a rule says why.
    - ``table`` and ``fields``: where rows are written; ``after``: what follows from them.
    - ``derived``: further columns of the staging table, or better values, from a chunk in clear.
    - ``notices``: rules over what ``after`` left; ``foresee``: what a dry run prepares for them.
    - ``elsewhere``: for the reference page, fields of other lists (both languages). ``undo``: how
      a batch is taken back, if it can be. ``wide``: how several rows stand in one.
    - ``guessed_whole``: no sheet that lacks something needed is taken for it. ``provenance``: the
      target keeps ``source``, ``batch_id`` and perhaps ``changed_at``.
    """

    name: str
    label: str
    columns: tuple[Column, ...]
    table: str
    lookup: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    key_column: str
    further_keys: tuple[tuple[str, str], ...] = ()
    checks: tuple[Callable[[pl.DataFrame], list[Finding]], ...] = ()
    rules: tuple[Rule, ...] = ()
    after: tuple[str, ...] = ()
    notices: tuple[Rule, ...] = ()
    foresee: tuple[str, ...] = ()
    derived: Mapping[str, Callable[[pl.DataFrame], pl.Series]] = field(default_factory=dict)
    messages: Mapping[str, Message] = field(default_factory=dict)
    provenance: tuple[str, ...] = ("source", "batch_id", "changed_at")
    source: str = ""
    elsewhere: tuple[tuple[str, str], ...] = ()
    undo: Undo | None = None
    wide: Wide | None = None
    guessed_whole: bool = False

    @property
    def sheet_columns(self) -> tuple[Column, ...]:
        """All that a column of a sheet can be: the dataset's, and those of values side by side."""
        return (*self.columns, *(self.wide.columns if self.wide else ()))

    def column(self, name: str) -> Column:
        """The column of that name; KeyError when there is none."""
        return {c.name: c for c in self.sheet_columns}[name]

    def found_by(self, name: str) -> bool:
        """Whether rows are found, or placed, by the column of that name."""
        keys = " ".join((*self.key, "s.household_number s.place_code"))
        return bool(re.search(rf"\bs\.{name}\b", keys))
