"""An old workbook is opened in a process of its own first.

Its format is chains of sector numbers; where they are damaged, the reader asks for any amount
of memory and ends its process. That process must not be the worker that other batches share.
"""

from __future__ import annotations

import subprocess
import sys

from yimaqing.domains.intake.reading.formats import FileUnusable

_SECONDS = 120
_BYTES = 3 * 1024**3
_LOCKED = 3
_SCRIPT = f"""
import io, os, resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({_BYTES}, {_BYTES}))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
import python_calamine
try:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    for name in book.sheet_names:
        book.get_sheet_by_name(name)
except python_calamine.PasswordError:
    os._exit({_LOCKED})
os._exit(0)
"""


def try_old_workbook(data: bytes) -> None:
    """Read every sheet where nothing can be harmed. Raise FileUnusable when it cannot be."""
    try:
        done = subprocess.run(  # noqa: S603 - our own script, no shell; the file comes by a pipe
            [sys.executable, "-I", "-c", _SCRIPT],
            input=data,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise FileUnusable("old_workbook") from error
    if done.returncode == _LOCKED:
        raise FileUnusable("locked_workbook")
    if done.returncode:
        raise FileUnusable("old_workbook")
