"""Changed rows of a returned workbook held against the register of today, cell by cell.

Each becomes a whole row of the dataset, so that every check sees it as it would be, with the
names of the cells that are really to be written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from django.conf import settings
from django.db import transaction

from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.intake.apart.typed import Row
from yimaqing.domains.intake.models import Batch
from yimaqing.domains.intake.reading import Chunk, Fault, Reader
from yimaqing.domains.intake.reading.cells import trimmed
from yimaqing.domains.intake.reading.chunks import Bad, masked
from yimaqing.domains.intake.returned.comparing import Compared, plain_text, says
from yimaqing.domains.intake.returned.keeping import sealed_values
from yimaqing.domains.intake.returned.recognising import MINE, viewer_of
from yimaqing.domains.lists.queries import Today
from yimaqing.kit.crypto import keyring
from yimaqing.kit.dataset import Column as FileColumn
from yimaqing.kit.dataset import Dataset, Kind
from yimaqing.kit.listing import Column
from yimaqing.kit.rowscope import Scope, scoped

_SEEN_FOR = b"intake_returned.seen"
_MASKED = frozenset({Kind.ID_NUMBER, Kind.PHONE, Kind.ACCOUNT, Kind.NAME})


@dataclass
class Edit:
    """A row as it would be, and which of its cells are to be written."""

    record: int
    values: dict[str, str]
    stated: list[str] = field(default_factory=list)


class ReturnReader:
    """Reads rows of a returned workbook as ``Reader`` reads those of any other."""

    def __init__(self, batch: Batch, kind: Dataset, found: Compared) -> None:
        self._kind = kind
        self._found = found
        self._keys = keyring(settings.DATA_KEYS)
        self._viewer = viewer_of(batch)
        self._columns = {column.name: column for column in kind.columns}
        plan = batch.plan or {}
        self._choice = plan.get("choice", "")
        self._mine = {(row, column): seen for row, column, seen in plan.get("mine", ())}
        width: list[FileColumn | None] = [None] * found.table.width
        self._reader = Reader(kind, width, self._keys, batch.as_of, shape=_Whole(kind))

    @property
    def stated(self) -> list[str]:
        """Columns of the dataset that cells of this workbook may state."""
        listing = self._found.exported.listing
        columns = [listing.column(name) for name in self._found.table.places]
        known = [c.name for c in columns if c is not None and c.edit and c.name in self._columns]
        return known + [name for name in self._kind.derived if name in self._columns]

    def look_up(self, rows: list[Row]) -> dict[int, Today]:
        """These rows as the register has them now, as far as the sender may see it."""
        found = (self._found.key_of(cells) for _, cells in rows)
        keys = [key for key in found if key is not None and key in self._found.was]
        exported, viewer = self._found.exported, self._viewer
        if viewer is None:
            with transaction.atomic(using="owner"), scoped(Scope.everything()):
                return exported.today(keys, None)
        with scoped(scope_of(viewer, exported.listing.permission)):
            return exported.today(keys, viewer)

    def read(self, rows: list[Row], today: Mapping[int, Today]) -> Chunk:
        """Check and seal the rows that can be taken; of the others, what is wrong with each."""
        faults: list[Fault] = []
        edits: dict[int, Edit] = {}
        for number, cells in rows:
            edit = self._edit(number, cells, today, faults)
            if edit is not None:
                edits[number] = edit
        fit = [row for row in rows if row[0] in edits]
        if not fit:
            return Chunk(len(rows), rows[-1][0], pl.DataFrame(), faults)
        chunk = self._reader.read(fit, edits)
        marks = pl.DataFrame(
            {
                "row_no": list(edits),
                "record_id": [edit.record for edit in edits.values()],
                "stated": ["{" + ",".join(edit.stated) + "}" for edit in edits.values()],
            }
        )
        staged = chunk.staged.join(marks, on="row_no", how="left")
        return Chunk(len(rows), rows[-1][0], staged, faults + chunk.faults)

    def _edit(
        self, number: int, cells: list[str], today: Mapping[int, Today], faults: list[Fault]
    ) -> Edit | None:
        """The row as it would be; None when it is not taken, ``faults`` say why."""
        key = self._found.key_of(cells)
        held = today.get(key) if key is not None else None
        if key is None or held is None or key not in self._found.was or key in self._found.twice:
            faults.append(self._unfit(number, key))
            return None
        was = self._found.exported.values_of(self._found.was[key])
        edit = Edit(key, dict(held.held))
        edit.stated += [d for d in self._kind.derived if d in self._columns and d not in held.held]
        found: list[Fault] = []
        for name, text in self._found.differing(cells, was).items():
            found += self._take(number, name, plain_text(text), was[name], held, edit)
        faults += found
        return None if any(not fault.warning for fault in found) else edit

    def _unfit(self, number: int, key: int | None) -> Fault:
        if key is None:
            return Fault(number, "", "", "return_new_row", {})
        if key not in self._found.was:
            return Fault(number, "", "", "return_unknown_row", {"key": key})
        if key in self._found.twice:
            others = [row for row in self._found.twice[key] if row != number]
            return Fault(number, "", "", "return_twice", {"other": others[0]})
        return Fault(number, "", "", "return_gone", {})

    def _take(
        self, number: int, name: str, text: str, was: Any, held: Today, edit: Edit
    ) -> list[Fault]:
        """Put a changed cell into the row, or say why it is not taken."""
        column = self._found.exported.listing.column(name)
        own = self._columns.get(name)
        now = plain_text(held.cells[name])
        if column is None or own is None or not column.edit:
            heading = self._found.table.headings[self._found.table.places[name]]
            return [Fault(number, name if own else "", "", "return_fixed", {"heading": heading})]
        value = masked(own, text)
        if why := _untakable(own, column, text, plain_text(was), hidden=name in held.hidden):
            return [Fault(number, name, value, why, {})]
        if says(column, text, held.cells[name]):
            return []  # somebody else has written the same
        if now != plain_text(was) and not self._chosen(number, name, edit.record, now):
            values = (plain_text(was), now, text)
            params = {
                "was": masked(own, values[0]),
                "now": masked(own, now),
                "seen": self._seen(edit.record, name, now),
                "record": self._named(held),
                "household": held.household or 0,
            }
            if own.personal and not own.secret:
                params["sealed"] = sealed_values(values, self._keys)
            code = "return_kept" if self._choice else "return_conflict"
            return [Fault(number, name, value, code, params, warning=True)]
        edit.stated.append(name)
        edit.values[name] = _in_chinese(column, text)
        return []

    def _named(self, held: Today) -> str:
        """Whose row it is: the name, masked, and the household's number."""
        names = [c for c in self._kind.columns if c.kind == Kind.NAME and c.name in held.held]
        said = [masked(names[0], held.held[names[0].name])] if names else []
        return " ".join([*said, held.held.get("household_number", "")])

    def _chosen(self, number: int, name: str, record: int, now: str) -> bool:
        """Whether the officer wants his own value, having seen the one that is there now."""
        if self._choice == MINE:
            return True
        return self._mine.get((number, name)) == self._seen(record, name, now)

    def _seen(self, record: int, name: str, now: str) -> str:
        return self._keys.index(f"{record} {name} {now}", purpose=_SEEN_FOR).hex()


class _Whole:
    """Gives the values of whole rows to the reader that checks them (``chunks.Shaping``)."""

    def __init__(self, kind: Dataset) -> None:
        self._kind = kind

    def look_up(self, rows: list[Row]) -> None:
        """Nothing more: the edits are given."""

    def raw(
        self, rows: list[Row], edits: Mapping[int, Edit]
    ) -> tuple[dict[str, pl.Series], list[Bad]]:
        """Cells by the dataset's columns."""
        values = [edits[number].values for number, _ in rows]
        return {
            column.name: trimmed([row.get(column.name, "") for row in values])
            for column in self._kind.columns
        }, []


def _untakable(own: FileColumn, column: Column, text: str, was: str, *, hidden: bool) -> str:
    """Why a changed cell can be taken by nobody; empty when it can."""
    if column.kind in _MASKED and "*" in was:
        return "return_masked"
    if hidden:
        return "return_hidden"
    return "required" if own.for_new and not text else ""


def _in_chinese(column: Column, text: str) -> str:
    """A label of an English list as files say it; anything else stays."""
    if column.table is None or not text:
        return text
    shown = {english: column.table.shown[slug] for slug, english in column.table.english.items()}
    if text in shown or column.kind != Kind.CODES:
        return shown.get(text, text)
    return "、".join(shown.get(part, part) for part in re.split(r"、|;|, ", text))
