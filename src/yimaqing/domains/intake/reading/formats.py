"""What a file is, told from its bytes, and whether it is safe to read.

Nothing in a file is executed or fetched: CSV is text, and of a workbook only the cells
are read, after its archive was measured.
"""

from __future__ import annotations

import codecs
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from enum import StrEnum
from io import BytesIO
from typing import BinaryIO

from yimaqing.domains.intake.apart.child import MOST_MERGED
from yimaqing.domains.intake.reading.extent import Glance, NotWellFormed, Survey

#: Bounds of one file. A county's persons are 60,000 rows and 15 MB.
MOST_BYTES = 6 * 1024**3
MOST_WORKBOOK_BYTES = 256 * 1024**2
#: 590,000 rows of 25 columns unpack to 650 MB and make a rectangle of 15 million cells,
#: for which the workbook's reader needs 1.2 GB.
MOST_UNPACKED_BYTES = 1024**3
MOST_CELLS = 21_000_000  # all rows of a spreadsheet, 20 columns
MOST_PARTS = 2000
#: Lists that the reader holds as a whole: names of sheets, formats, where the parts are.
MOST_LIST_BYTES = 32 * 1024**2
MOST_ROWS = 10_000_000
MOST_COLUMNS = 200
#: A spreadsheet has no more columns; a longer row of a CSV file is no row of a table.
MOST_ROW_CELLS = 16_384
MOST_CELL_CHARACTERS = 4000
#: A line of a CSV file without an end is no row of a table.
MOST_LINE_BYTES = 8 * 1024 * 1024

_PIECE = 1024 * 1024
_TEXTS = "sharedstrings.xml"
_LISTS = ("xl/workbook.xml", "xl/styles.xml", "[content_types].xml", ".rels")
_ZIP = b"PK\x03\x04"
_PARQUET = b"PAR1"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    NotWellFormed,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
    struct.error,
)
#: A text has none of these; one NUL in so many bytes is a text's slip, more are another format.
_CONTROLS = frozenset(range(1, 32)) - frozenset(b"\t\n\v\f\r\x1a")
_MOST_NULS = 20
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class FileUnusable(ValueError):
    """The file as a whole cannot be taken; ``code`` and ``params`` make the message."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class Format(StrEnum):
    """Formats that are read."""

    CSV_UTF8 = "utf-8-sig"
    CSV_GB18030 = "gb18030"
    XLSX = "xlsx"
    XLS = "xls"
    PARQUET = "parquet"

    @property
    def is_text(self) -> bool:
        """Whether it is CSV; the value is its encoding then."""
        return self in (Format.CSV_UTF8, Format.CSV_GB18030)


def detect(reopen: Callable[[], BinaryIO]) -> Format:
    """The format of a file. Raise FileUnusable when it is none that is read."""
    with reopen() as file:
        head = file.read(4096)
    if not head.strip():
        raise FileUnusable("empty")
    if head.startswith(_ZIP):
        return _workbook(reopen)
    if head.startswith(_OLD_OFFICE):
        return Format.XLS
    if head.startswith(_PARQUET):
        return Format.PARQUET
    if head.startswith(_UTF16):
        raise FileUnusable("utf16")
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        raise FileUnusable("xml_workbook" if b"<Workbook" in head else "web_page")
    if b"\0" in head:
        if _is_utf16(head):
            raise FileUnusable("utf16")
        if len(head) < _MOST_NULS * head.count(b"\0") or _CONTROLS & set(head):
            raise FileUnusable("not_a_table")
        raise FileUnusable("nul", line=head[: head.index(b"\0")].count(b"\n") + 1)
    return _encoding(reopen)


def _is_utf16(head: bytes) -> bool:
    """UTF-16 without its mark: each character of ASCII has its NUL on the same side."""
    head = head[: len(head) // 2 * 2]
    sides = [head[at::2].count(0) for at in (0, 1)]
    if min(sides) or max(sides) < 3:
        return False
    text = head.decode("utf-16-be" if sides[0] else "utf-16-le", "ignore")
    return "\n" in text and not any(ord(c) in _CONTROLS for c in text)


def _encoding(reopen: Callable[[], BinaryIO]) -> Format:
    """UTF-8 when the whole file is valid UTF-8, else GB18030 when it is that throughout."""
    bad_lines = []
    for encoding in (Format.CSV_UTF8, Format.CSV_GB18030):
        bad_line = _first_bad_line(reopen, encoding)
        if bad_line is None:
            return encoding
        bad_lines.append(bad_line)
    # The encoding that the file was meant to have is the one that is right for longer.
    raise FileUnusable("encoding", line=max(bad_lines))


def _first_bad_line(reopen: Callable[[], BinaryIO], encoding: str) -> int | None:
    decoder = codecs.getincrementaldecoder(encoding)()
    lines, unbroken = 1, 0
    with reopen() as file:
        while piece := file.read(_PIECE):
            end = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
            unbroken = len(piece) - end if end >= 0 else unbroken + len(piece)
            if unbroken > MOST_LINE_BYTES:
                raise FileUnusable("line_too_long", line=lines)
            try:
                decoder.decode(piece)
            except UnicodeDecodeError as error:
                return lines + _breaks(piece[: error.start])
            lines += _breaks(piece)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return lines
    return None


def _breaks(piece: bytes) -> int:
    """Line breaks of any system: those of old ones are a CR alone."""
    return piece.count(b"\n") or piece.count(b"\r")


def _workbook(reopen: Callable[[], BinaryIO]) -> Format:
    """Check a workbook's archive: parts, unpacked size, and that the sizes are true.

    An archive can lie about sizes, so every part is unpacked once and counted; zipfile
    stops at the declared size and then finds the checksum wrong. On the way each part is
    asked how far its cells reach.
    """
    _measure(whole(reopen))
    return Format.XLSX


def whole(reopen: Callable[[], BinaryIO]) -> BytesIO:
    """The bytes of a file that can only be read as a whole. Raise FileUnusable beyond the bound."""
    with reopen() as file:
        packed = BytesIO(file.read(MOST_WORKBOOK_BYTES + 1))
    if packed.getbuffer().nbytes > MOST_WORKBOOK_BYTES:
        raise FileUnusable("too_large", limit_mb=MOST_WORKBOOK_BYTES // 1024**2)
    return packed


def _measure(file: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            names = set(archive.namelist())
            if "xl/workbook.bin" in names:
                raise FileUnusable("binary_workbook")
            if "xl/workbook.xml" not in names:
                raise FileUnusable("not_a_table")
            unpacked = sum(part.file_size for part in parts)
            if len(parts) > MOST_PARTS:
                raise FileUnusable("too_many_parts", limit=MOST_PARTS)
            if unpacked > MOST_UNPACKED_BYTES:
                raise FileUnusable("bomb", limit_mb=MOST_UNPACKED_BYTES // 1024**2)
            for part in parts:
                if part.file_size > MOST_LIST_BYTES and part.filename.casefold().endswith(_LISTS):
                    limit = MOST_LIST_BYTES // 1024**2
                    raise FileUnusable("part_too_large", part=part.filename[:60], limit_mb=limit)
            for part in parts:
                _bound(archive, part)
    except _BROKEN as error:
        if isinstance(error, FileUnusable):
            raise
        raise FileUnusable("broken_workbook") from error


def _bound(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Unpack a part, checking its sum; refuse one that would become too many cells."""
    glance = Glance(of_texts=part.filename.casefold().endswith(_TEXTS))
    is_xml, merged = False, 0
    for at, (piece, last) in enumerate(_pieces(archive, part)):
        is_xml = is_xml if at else piece.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
        # A cell holds 32,767 characters at most, each up to 8 bytes (&#x4E00;).
        if is_xml and len(piece) == _PIECE and not (b"<" in piece and b">" in piece):
            raise FileUnusable("cell_too_long", part=part.filename[:60])
        merged += piece.count(b"mergeCell ")
        if merged > MOST_MERGED:
            raise FileUnusable("too_many_merged", limit=MOST_MERGED)
        glance.feed(piece, last=last)
        _refuse_too_many(glance.cells)
    if glance.sure and glance.extent.area <= MOST_CELLS:
        return
    survey = Survey()
    for piece, last in _pieces(archive, part):
        survey.feed(piece, last=last)
        _refuse_too_many(survey.cells)
    extent = survey.extent
    if extent.area > MOST_CELLS:
        raise FileUnusable(
            "too_far",
            rows=extent.rows,
            columns=extent.columns,
            lowest=extent.lowest,
            rightmost=extent.rightmost,
        )


def _refuse_too_many(cells: int) -> None:
    if cells > MOST_CELLS:
        raise FileUnusable("too_many_cells", limit=MOST_CELLS)


def _pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[tuple[bytes, bool]]:
    """A part's bytes; the last piece, which is empty, is marked."""
    with archive.open(part) as unpacked:
        while piece := unpacked.read(_PIECE):
            yield piece, False
    yield b"", True
