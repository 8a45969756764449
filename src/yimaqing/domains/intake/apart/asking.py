"""A workbook that a process apart holds open, asked for its sheets and rows."""

from __future__ import annotations

import marshal
import subprocess
import sys
import weakref
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from yimaqing.domains.intake.apart import child
from yimaqing.domains.intake.apart.child import MOST_BYTES
from yimaqing.domains.intake.apart.typed import Merged, Row


class WorkbookFailed(Exception):
    """The reader could not go on; ``why`` is locked, broken, merged, or too_much."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


_WHY = {child.LOCKED: "locked", child.BROKEN: "broken", child.MERGED: "merged"}


class Workbook:
    """An opened workbook. Its process ends with it. Every method raises WorkbookFailed."""

    def __init__(self, data: bytes) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own program, no shell
            [sys.executable, "-I", "-m", child.__name__, str(MOST_BYTES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._end = weakref.finalize(self, _end, self._process)
        self._reading: object = None
        #: Name of each sheet, whether it is shown, and whether it has cells.
        self.sheets: list[tuple[str, bool, bool]] = self._ask(data)

    def merged(self, sheet: str) -> list[Merged]:
        """Merged cells of a sheet."""
        self._reading = None
        return [tuple(one) for one in self._ask(("sheet", sheet))]

    def rows(self, sheet: str) -> Iterator[Row]:
        """Every row with its number from 1, blank ones too.

        When another sheet was asked for meanwhile, this one is gone to again.
        """
        mine, last = object(), 0
        while True:
            if self._reading is not mine:
                self._ask(("sheet", sheet))
                self._reading = mine
            some = self._ask(("more",))
            if not some:
                return
            for number, cells in some:
                if number > last:
                    last = number
                    yield number, cells

    def _ask(self, question: Any) -> Any:
        process = self._process
        assert process.stdin and process.stdout  # noqa: S101, PT018 - both are pipes
        try:
            marshal.dump(question, process.stdin)
            process.stdin.flush()
            return marshal.load(process.stdout)  # noqa: S302 - our own process; it holds no reader's objects
        except (OSError, EOFError, ValueError) as error:
            self._end()
            # Killed by a limit or its own allocator: no code of ours.
            raise WorkbookFailed(_WHY.get(process.returncode, "too_much")) from error


def _end(process: subprocess.Popen[bytes]) -> None:
    """A process that was given up goes at once; one that has exited keeps its code."""
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with suppress(OSError):
                pipe.close()
    try:
        process.wait(0.2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
