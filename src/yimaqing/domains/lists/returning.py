"""What an export said of its rows, and what the register says of them today.

A workbook that comes back is held against both (intake.returned): a cell that differs from what
was exported was changed by hand; where the register has changed as well, somebody must choose.
"""

from __future__ import annotations

import datetime as dt
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.lists.catalogue import listings
from yimaqing.domains.lists.cells import Cell
from yimaqing.domains.lists.engine import Row, rows_among
from yimaqing.domains.lists.models import Export, State
from yimaqing.domains.lists.rendering import Rendering
from yimaqing.domains.lists.rights import EVERYTHING, rights_of
from yimaqing.domains.lists.writing.package import MARK, PROPERTY
from yimaqing.kit.crypto import CannotOpen, keyring
from yimaqing.kit.dataset import Kind
from yimaqing.kit.files import open_stored
from yimaqing.kit.ids import whole_number
from yimaqing.kit.listing import Column, Listing

__all__ = ["KEYS", "MARK", "PROPERTY", "Exported", "Refused", "Today", "UnknownExport"]

KEYS = "keys"
_PIECE = 64 * 1024
#: How ``yimaqing db init`` numbers the first data key: while it is held, none was retired.
_FIRST_KEY = 1
_SEALED_FOR = b"lists_export.number"


class UnknownExport(LookupError):
    """There is no such export, or what it said is no longer kept."""


class Refused(LookupError):
    """An export's workbook is not taken back: ``code`` says why, ``params`` fill the message."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def seal_of(number: str) -> str:
    """What proves that a workbook with this number was given here, to whoever reads it back."""
    return keyring(settings.DATA_KEYS).index(number, purpose=_SEALED_FOR).hex()


def key_heading() -> str:
    """Heading of the hidden column with the number of each row's record."""
    return _("行标识")


@dataclass(frozen=True)
class Today:
    """A row as the register has it now.

    ``cells`` are what the export would write of it, by column; ``hidden`` the columns that the
    viewer may not see there; ``held`` its values as a file of the dataset states them;
    ``household`` the number by which its page is found.
    """

    cells: Mapping[str, Cell]
    hidden: frozenset[str]
    held: Mapping[str, str]
    household: int | None


@dataclass(frozen=True)
class Exported:
    """What an export said: ``columns`` are names of the list's columns, which a dataset of the
    name ``dataset`` has too where it takes them back. ``rows`` gives (number of the record,
    values as written into the file).
    """

    export: Export
    listing: Listing
    columns: tuple[str, ...]

    @property
    def dataset(self) -> str:
        """Name of the dataset that takes rows of this list back; empty when none does."""
        return self.listing.dataset

    @cached_property
    def headings(self) -> dict[str, Column]:
        """The columns under the headings that the file had, in its language."""
        with translation.override(self.export.language):
            return {str(column.label): column for column in self._columns()}

    @property
    def key_heading(self) -> str:
        """What the hidden column of the keys was headed."""
        with translation.override(self.export.language):
            return key_heading()

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        """Every row in the order of the file, as a stream."""
        for number, line in self.lines():
            yield number, json.loads(line)[1]

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Every row as it is kept, a fraction of its size in memory: ``values_of`` opens one."""
        lines = _lines(settings.FILES / f"{self.export.stored_as}.{KEYS}")
        next(lines)
        for line in lines:
            yield int(line[1 : line.index(b",")]), line

    def values_of(self, line: bytes) -> dict[str, Any]:
        """Values of a kept row by column."""
        return dict(zip(self.columns, json.loads(line)[1], strict=True))

    def today(self, numbers: Sequence[int], viewer: User | None) -> dict[int, Today]:
        """These rows as they are now, by number; those are missing that are gone from the list.

        Runs in the caller's scope; the operator (no viewer) reads as the owner.
        """
        columns = self._columns()
        held = [*self.listing.columns, *self.listing.beside]
        rights = rights_of(viewer, self.listing.permission) if viewer else EVERYTHING
        using = "default" if viewer else "owner"
        found: dict[int, Today] = {}
        with translation.override(self.export.language):
            shown = Rendering(
                columns, viewer, clear=self.export.clear, uneven=rights.uneven(columns)
            )
            rows = rows_among(self.listing, [*columns, *held], numbers, using=using)
            cells, hidden = shown.cells(rows), shown.hidden(rows)
        for row, line, at in zip(rows, cells, hidden, strict=True):
            found[row.id] = Today(
                dict(zip(self.columns, line, strict=True)),
                frozenset(self.columns[n] for n in at)
                | {one.name for one in columns if not rights.sees(one)},
                _stated(held, row, len(columns)),
                row.household_id,
            )
        return found

    def _columns(self) -> list[Column]:
        found = [self.listing.column(name) for name in self.columns]
        return [column for column in found if column is not None]


def export_of(number: str) -> Exported:
    """An export by the number on its pages (DC00000012). Raise UnknownExport."""
    digits = whole_number(number.strip().upper().removeprefix("DC"))
    export = Export.objects.filter(pk=digits).first() if digits else None
    if export is not None and export.state not in {State.DONE, State.EXPIRED}:
        export = None
    if export is None or export.listing not in listings():
        raise UnknownExport(number)
    path = settings.FILES / f"{export.stored_as}.{KEYS}"
    if not path.is_file():
        raise UnknownExport(number)
    try:
        columns = tuple(json.loads(next(_lines(path))))
    except CannotOpen as error:
        raise UnknownExport(number) from error
    return Exported(export, listings()[export.listing], columns)


def taken_back(number: str, seal: str, viewer: User | None) -> Exported:
    """The export of a workbook that comes back from ``viewer`` (None: the operator).

    Raise Refused: it was given elsewhere, to somebody else, of a list that nothing takes back,
    or too long ago.
    """
    digits = whole_number(number.removeprefix("DC"))
    if seal != seal_of(number):
        raise _unproven(number, digits, viewer)
    if digits is None:
        raise Refused("return_unnumbered")
    export = Export.objects.filter(pk=digits).first()
    if export is None or export.listing not in listings():
        raise Refused("return_elsewhere", number=number)
    if viewer is not None and export.user_id != viewer.pk:
        raise Refused("return_of_another", number=number)
    listing = listings()[export.listing]
    if not listing.dataset:
        raise Refused("return_not_taken")
    try:
        exported = export_of(number)
    except UnknownExport as error:
        day = timezone.localtime(export.asked_at).date().isoformat()
        raise Refused("return_expired", number=number, day=day) from error
    if any(listing.column(name) is None for name in exported.columns):
        raise Refused("return_elsewhere", number=number)
    return exported


def _unproven(number: str, digits: int | None, viewer: User | None) -> Refused:
    """Why a workbook whose seal does not hold is refused: sealed with a key that was retired since,
    where it may be the viewer's own; nobody learns of other people's exports by trying numbers.
    """
    mine = Export.objects.filter(pk=digits) if digits is not None else Export.objects.none()
    if viewer is not None:
        mine = mine.filter(user_id=viewer.pk)
    export = mine.first()
    if export is None or keyring(settings.DATA_KEYS).keys[-1][0] <= _FIRST_KEY:
        return Refused("return_elsewhere", number=number)
    day = timezone.localtime(export.asked_at).date().isoformat()
    return Refused("return_before_keys", number=number, day=day)


def _lines(path: Any) -> Iterator[bytes]:
    unpacked = zlib.decompressobj()
    rest = b""
    with open_stored(path, keyring(settings.DATA_KEYS)) as file:
        while piece := file.read(_PIECE):
            *whole, rest = (rest + unpacked.decompress(piece)).split(b"\n")
            yield from whole
    yield from (rest + unpacked.flush()).splitlines()


def _stated(columns: Sequence[Column], row: Row, begin: int) -> dict[str, str]:
    """Values as a file in the dataset's own layout states them; blank ones are left out."""
    values = zip(columns, row.values[begin:], strict=True)
    return {
        column.name: _cell(column, value)
        for column, value in values
        if value is not None and value not in ("", [])
    }


def _cell(column: Column, value: Any) -> str:
    if column.purpose:
        return keyring(settings.DATA_KEYS).open(bytes(value), purpose=column.purpose)
    if isinstance(value, bool):
        return "是" if value else "否"
    if column.kind == Kind.MONEY:
        return f"{int(value) / 100:.2f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    shown = column.table.shown if column.table else {}
    if isinstance(value, list):
        return "、".join(shown.get(one, one) for one in value)
    return str(shown.get(str(value), value))
