"""Formulas whose value the spreadsheet never wrote down: which cells they are.

Programs that make workbooks without counting leave them so. Reading such a cell as blank
would lose a figure without a word.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from xml.etree import ElementTree as ET

from yimaqing.domains.intake.reading.extent import column_of

#: Row number → places of its columns, from 0.
Uncounted = dict[int, list[int]]

_PIECE = 1024 * 1024
_BORDER = 64 * 1024
_MOST = 200_000
_MOST_LIST_BYTES = 2 * 1024 * 1024
_BARE = re.compile(
    rb'<c\s[^>]*?r="([A-Z]{1,3})([0-9]{1,7})"[^>]*>\s*'
    rb"<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def uncounted(packed: BytesIO, sheet: str) -> Uncounted:
    """Cells of a sheet that hold a formula and no value."""
    packed.seek(0)
    found: Uncounted = {}
    with zipfile.ZipFile(packed) as archive:
        part = _part_of(archive, sheet)
        if part not in archive.namelist():
            return found
        held, seen = b"", 0
        with archive.open(part) as opened:
            while piece := opened.read(_PIECE):
                text = held + piece
                if b"<f" in text:
                    seen += _collect(text, found)
                held = text[text.rfind(b"<c ", max(0, len(text) - _BORDER)) :][-_BORDER:]
                if seen > _MOST:
                    break
    return found


def _collect(text: bytes, found: Uncounted) -> int:
    count = 0
    for cell in _BARE.finditer(text):
        row, column = int(cell[2]), column_of(cell[1]) - 1
        if column not in found.setdefault(row, []):
            found[row].append(column)
            count += 1
    return count


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """The part that holds a sheet; empty when the workbook's lists do not say."""
    if "xl/workbook.xml" not in archive.namelist():
        return ""
    if archive.getinfo("xl/workbook.xml").file_size > _MOST_LIST_BYTES:
        return ""
    try:
        book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - expat refuses entity bombs; the archive was measured
        relations = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - as above
    except (KeyError, ET.ParseError):
        return ""
    numbers = [
        one.get(_RELATION)
        for one in book.iter()
        if one.tag.endswith("}sheet") and one.get("name") == sheet
    ]
    for relation in relations:
        if numbers and relation.get("Id") == numbers[0]:
            target = relation.get("Target", "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return ""
