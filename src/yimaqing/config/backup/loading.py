"""Loading a dump over a connection that is already open, inside its transaction.

``pg_restore`` alone would connect by itself and commit before anybody could look at what it
loaded. It also writes the same statements as text; those are sent from here.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from yimaqing.config.backup.manifest import BadBackup
from yimaqing.config.cluster.binaries import own_programs

SECTIONS = ("pre-data", "data", "post-data")
COPY_BYTES = 256 * 1024
# Meant for psql, which alone knows them, and for servers of this version or newer.
_NOT_FOR_US = (b"\\restrict ", b"\\unrestrict ", b"SET transaction_timeout = 0;")
_END_OF_ROWS = b"\\.\n"

Connection = psycopg.Connection[Any]


def load(dump: Path, connection: Connection) -> None:
    """Send every statement and row of a dump. Raise BadBackup for one that cannot be read.

    Needs an open transaction, and leaves ``search_path`` empty for the rest of it.
    """
    for section in SECTIONS:
        with _lines(dump, section) as lines:
            if section == "data":
                _send_rows(lines, connection)
            else:
                _send(b"".join(lines), connection)


def _send_rows(lines: Iterator[bytes], connection: Connection) -> None:
    """COPY statements with their rows, and what stands between them (sequences)."""
    pending: list[bytes] = []
    for line in lines:
        if line.startswith(b"COPY ") and line.endswith(b" FROM stdin;\n"):
            _send(b"".join(pending), connection)
            pending.clear()
            _copy(line, lines, connection)
        else:
            pending.append(line)
    _send(b"".join(pending), connection)


def _copy(statement: bytes, lines: Iterator[bytes], connection: Connection) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        block = bytearray()
        for line in lines:
            if line == _END_OF_ROWS:
                copy.write(bytes(block))
                return
            block += line
            if len(block) > COPY_BYTES:
                copy.write(bytes(block))
                block.clear()
        raise BadBackup("pg_restore: 数据中断 the rows break off")


def _send(statements: bytes, connection: Connection) -> None:
    if statements.strip():
        connection.execute(statements)


@contextmanager
def _lines(dump: Path, section: str) -> Iterator[Iterator[bytes]]:
    """What ``pg_restore`` writes for a section; BadBackup with its words when it fails."""
    command = [str(own_programs() / "pg_restore"), "--no-owner", f"--section={section}"]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(  # noqa: S603 - the wheel's own program, no shell
            [*command, "--file=-", str(dump)], stdout=subprocess.PIPE, stderr=said
        ) as reader,
    ):
        assert reader.stdout is not None  # noqa: S101 - asked for above; for the types
        try:
            yield _for_us(reader.stdout)
        except (BadBackup, psycopg.Error):
            # What it could not read explains best why the statement was cut short.
            reader.stdout.close()
            if reader.wait() > 0:
                raise _unreadable(said) from None
            raise
        except BaseException:
            reader.kill()
            raise
        if reader.wait() != 0:
            raise _unreadable(said)


def _for_us(lines: Iterable[bytes]) -> Iterator[bytes]:
    return (line for line in lines if not line.startswith(_NOT_FOR_US))


def _unreadable(said: Any) -> BadBackup:
    said.seek(0)
    return BadBackup(f"pg_restore: {said.read().decode(errors='replace').strip()[-2000:]}")
