"""Writing the files: CSV in UTF-8 or GB18030, and XLSX, the same bytes for the same tables."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import polars as pl

_CHUNK = 100_000
_FIXED_TIME = (2020, 8, 19, 0, 0, 0)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType='
    '"application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>'
    '<sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>",
}
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def write(table: pl.DataFrame, folder: Path, name: str, form: str) -> Path:
    """Write ``table`` as ``csv`` (UTF-8), ``bom`` (UTF-8 with mark), ``gb18030`` or ``xlsx``."""
    if form == "xlsx":
        path = folder / f"{name}.xlsx"
        _write_xlsx(table, path)
        return path
    path = folder / f"{name}.csv"
    if form == "gb18030":
        with path.open("wb") as file:
            for start in range(0, max(table.height, 1), _CHUNK):
                part = table.slice(start, _CHUNK).write_csv(include_header=start == 0)
                file.write(part.encode("gb18030"))
    else:
        table.write_csv(path, include_bom=form == "bom")
    return path


def _write_xlsx(table: pl.DataFrame, path: Path) -> None:
    """One sheet of inline strings: identity and register numbers stay text, as they must."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for part, content in _PARTS.items():
            book.writestr(zipfile.ZipInfo(part, _FIXED_TIME), _XML + content)
        sheet = zipfile.ZipInfo("xl/worksheets/sheet1.xml", _FIXED_TIME)
        sheet.compress_type = zipfile.ZIP_DEFLATED
        with book.open(sheet, "w") as out:
            out.write(f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            out.write(_row(table.columns).encode())
            for cells in table.iter_rows():
                out.write(_row(cells).encode())
            out.write(b"</sheetData></worksheet>")


def _row(cells: list[str] | tuple[str | None, ...]) -> str:
    texts = ("" if cell is None else escape(cell) for cell in cells)
    return (
        "<row>"
        + "".join(
            f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>' if text else "<c/>"
            for text in texts
        )
        + "</row>"
    )
