"""The process apart: opens one workbook and gives its rows, a piece at a time, when asked.

What goes through its pipes is `marshal`: first the file's bytes, then questions; each gets one
answer. Ends when the other side closes the pipe. What it exits with says why it could not go on.
"""

from __future__ import annotations

import io
import marshal
import os
import resource
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

from yimaqing.domains.intake.apart.typed import Row, written

LOCKED, BROKEN, TOO_MUCH, MERGED = 3, 4, 5, 6
#: Address space and processor time of the process. A sheet of 20 million cells takes 2 GB.
MOST_BYTES = 3 * 1024**3
MOST_SECONDS = 600
MOST_MERGED = 1_000_000
#: Characters and cells of an answer: about 8 MB.
_PIECE = 8_000_000
_CELL = 64


def serve(asked: BinaryIO, answers: BinaryIO) -> None:
    """Answer until nothing more is asked: ("sheet", name) or ("more",)."""
    import python_calamine  # noqa: PLC0415 - 4 MiB; whoever starts this process knows the names above

    workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(marshal.load(asked)))  # noqa: S302 - from the process that started this one
    shown = python_calamine.SheetVisibleEnum.Visible
    table = python_calamine.SheetTypeEnum.WorkSheet
    _say(answers, [(s.name, s.visible == shown, s.typ == table) for s in workbook.sheets_metadata])
    rows: Iterator[Row] = iter(())
    while True:
        try:
            question = marshal.load(asked)  # noqa: S302 - as above
        except EOFError:
            return
        if question[0] == "sheet":
            rows = iter(())  # the sheet before goes first: two need not fit
            sheet = workbook.get_sheet_by_name(question[1])
            merged = sheet.merged_cell_ranges or []
            if len(merged) > MOST_MERGED:
                os._exit(MERGED)
            rows = _rows(sheet)
            _say(answers, [(top, end, left, right) for (top, left), (end, right) in merged])
        else:
            _say(answers, _some(rows))


def _rows(sheet: Any) -> Iterator[Row]:
    blank = [""] * (sheet.start[1] if sheet.start else 0)
    nothing = [""] * sheet.width
    for number, row in enumerate(sheet.iter_rows(), start=1):
        # A sheet may be a million blank rows that were formatted once.
        yield number, [] if row == nothing else blank + [written(cell) for cell in row]


def _some(rows: Iterator[Row]) -> list[Row]:
    """The next rows; none when all were given."""
    some, size = [], 0
    for number, cells in rows:
        some.append((number, cells))
        size += _CELL * len(cells) + sum(map(len, cells))
        if size > _PIECE:
            break
    return some


def _say(answers: BinaryIO, answer: Any) -> None:
    marshal.dump(answer, answers)
    answers.flush()


def main() -> None:
    """Serve within bounds; a reader that panics or asks for too much ends this process alone."""
    import python_calamine  # noqa: PLC0415 - as above

    most_bytes = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        serve(sys.stdin.buffer, sys.stdout.buffer)
    except python_calamine.PasswordError:
        os._exit(LOCKED)
    except MemoryError:
        os._exit(TOO_MUCH)
    except BrokenPipeError:
        os._exit(0)
    except BaseException:  # noqa: BLE001 - a panic of the reader is a BaseException of its own
        os._exit(BROKEN)
    os._exit(0)


if __name__ == "__main__":
    main()
