"""Values that are looked up: a village's code by its name, a household by a person's number."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
from django.db import connections

from yimaqing.domains.intake.reading.cells import Cells, parse
from yimaqing.kit.crypto import Keyring
from yimaqing.kit.dataset import Allotment, Column, Finder, Kind

#: For each finder (its SQL), for each thing asked: candidates, value and path.
Candidates = Mapping[str | bytes, list[tuple[str, tuple[str, ...]]]]
Found = Mapping[str, Candidates]
Fault = tuple[str, pl.Series, Mapping[str, pl.Series | str | int]]
_SHOWN = 5
_EVERYWHERE = "{(,)}"
#: So many values are tried where others hold them already.
_TURNS = 4
_ADDRESS = re.compile(
    r"^(?:.*省)?(?:.*?市)?(?P<county>.{1,8}?[县区市])?(?P<town>.{1,10}?(?:镇|乡|街道))?(?P<rest>.+)$"
)
_UNIT = re.compile(r"(县|区|市|镇|乡|街道|街道办事处)$")
_ENDING = re.compile(r"(村民委员会|居民委员会|村委会|居委会|行政村|社区|村)$")


@dataclass(frozen=True)
class Asked:
    """Cells of a column that others are looked up by, and of those that narrow them down.

    ``allots``: new ones get a value of their own (``Finder.allotment``).
    """

    column: Column
    finder: Finder
    cells: pl.Series
    within: list[pl.Series | None]
    allots: bool = False


class Finding:
    """Looks up within where the sender may write (``ranges``), as the owner unless told."""

    def __init__(self, keys: Keyring, ranges: str, using: str = "owner") -> None:
        self._using = using
        self.keys = keys
        self._ranges = ranges
        self._kept: dict[str, dict[str | bytes, list[tuple[str, tuple[str, ...]]]]] = {}

    def look_up(self, asked: list[Asked]) -> Found:
        """Ask the database for what it was not asked before."""
        return {one.finder.sql: self._candidates(one) for one in asked}

    def values(self, asked: Asked, found: Found) -> tuple[pl.Series, list[Fault]]:
        """The found values, null where none or more than one was, and what is said of those."""
        candidates = found[asked.finder.sql]
        keys = self._keys_of(asked)
        paths = [
            tuple(part[at] for part in asked.within if part is not None and part[at])
            for at in range(len(asked.cells))
        ]
        results = [
            _fitting(candidates.get(key, []), path, cell) if key is not None else []
            for key, path, cell in zip(keys, paths, asked.cells.to_list(), strict=True)
        ]
        values = [r[0][0] if len(r) == 1 else None for r in results]
        given = asked.cells.is_not_null()
        # What is no number at all (a spreadsheet cut it) is told as that, not as unknown.
        faults = [*_numbers(asked.cells).faults] if asked.finder.purpose else []
        for _, rows, _ in faults:
            given = given & ~rows
        none = pl.Series([not r for r in results], dtype=pl.Boolean) & given
        several = pl.Series([len(r) > 1 for r in results], dtype=pl.Boolean)
        shown = pl.Series(["；".join(map(_said, r[:_SHOWN])) for r in results], dtype=pl.String)
        by = asked.finder.label
        return pl.Series(values, dtype=pl.String), [
            *faults,
            ("found_none", none, {"by": by}),
            ("found_several", several, {"by": by, "candidates": shown}),
        ]

    def _keys_of(self, asked: Asked) -> list[str | bytes | None]:
        if not asked.finder.purpose:
            return [_last(cell) if cell else None for cell in asked.cells.to_list()]
        numbers = _numbers(asked.cells).values.to_list()
        return list(self.keys.index_many(numbers, purpose=asked.finder.purpose))

    def _candidates(self, asked: Asked) -> Candidates:
        kept = self._kept.setdefault(asked.finder.sql, {})
        if len(kept) > 200_000:
            kept.clear()
        new = list({key for key in self._keys_of(asked) if key is not None and key not in kept})
        if new:
            kept.update({key: [] for key in new})
            with connections[self._using].cursor() as cursor:
                cursor.execute(asked.finder.sql, {"asked": new, "ranges": self._ranges})
                for key, value, path in cursor.fetchall():
                    kept[bytes(key) if asked.finder.purpose else key].append((value, tuple(path)))
        if not asked.allots or asked.finder.allotment is None:
            return dict(kept)
        unknown = [key for key in self._keys_of(asked) if isinstance(key, bytes) and not kept[key]]
        return {**kept, **self._allotted(asked.finder, asked.finder.allotment, unknown)}

    def _allotted(
        self, finder: Finder, allotment: Allotment, unknown: list[bytes]
    ) -> dict[str | bytes, list[tuple[str, tuple[str, ...]]]]:
        """New values by blind index; none for who is known beyond the sender's places."""
        made: dict[bytes, str] = {}
        with connections[self._using].cursor() as cursor:
            cursor.execute(finder.sql, {"asked": unknown, "ranges": _EVERYWHERE})
            left = set(unknown) - {bytes(key) for key, _value, _path in cursor.fetchall()}
            for turn in range(_TURNS):
                tried = {key: _number(allotment, key, turn) for key in left}
                cursor.execute(allotment.sql, {"values": list(tried.values())})
                held = {value: bytes(key or b"") for value, key in cursor.fetchall()}
                made |= {k: value for k, value in tried.items() if held.get(value, k) == k}
                left -= made.keys()
        return {key: [(value, ())] for key, value in made.items()}


def _number(allotment: Allotment, key: bytes, turn: int) -> str:
    digest = hashlib.sha256(key + bytes([turn])).digest()
    number = int.from_bytes(digest) % 10**allotment.digits
    return allotment.prefix + str(number).zfill(allotment.digits)


def _numbers(cells: pl.Series) -> Cells:
    return parse(Column("number", "", kind=Kind.ID_NUMBER), cells)


def _last(cell: str) -> str:
    """The innermost part of an address: 临县白文镇白文村 asks for 白文村."""
    found = _ADDRESS.match(cell)
    rest = found["rest"] if found else cell
    # A village may be called after a town (城关镇村): then the whole is its name.
    return rest if len(_ENDING.sub("", rest)) > 0 and rest != "村" else cell


def _fitting(
    candidates: list[tuple[str, tuple[str, ...]]], path: tuple[str, ...], cell: str | None
) -> list[tuple[str, tuple[str, ...]]]:
    """Candidates that lie within what the row says, the same name before one of the same kind."""
    found = _ADDRESS.match(cell or "")
    parts = [*path, *(p for p in (found["county"], found["town"]) if p)] if found else list(path)
    fit = [c for c in candidates if all(_names(c[1][:-1], part) for part in parts)]
    fit = list(dict.fromkeys(fit))
    named = [c for c in fit if cell and c[1]]
    exact = [c for c in named if c[1][-1] == _last(str(cell))]
    alike = [c for c in named if _kind(c[1][-1]) == _kind(_last(str(cell)))]
    return next((found for found in (exact, alike) if len(found) == 1), fit)


def _kind(name: str) -> str:
    """村 for a village and its committee, 居 for a community's: 白文村 is not 白文居委会."""
    ending = _ENDING.search(name)
    return ("居" if ending[0][0] in "居社" else "村") if ending else ""


def _names(path: tuple[str, ...], part: str) -> bool:
    return any(_UNIT.sub("", name) == _UNIT.sub("", part) for name in path if name)


def _said(candidate: tuple[str, tuple[str, ...]]) -> str:
    return f"{''.join(part for part in candidate[1] if part)} {candidate[0]}"
