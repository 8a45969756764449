"""The parts of an XLSX file with coloured cells and notes, as text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from yimaqing.domains.intake.apart.typed import Merged
from yimaqing.domains.intake.reading.header import letter_of

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
#: What XML cannot hold.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
#: Styles of cells, in the order of ``STYLES``: text, heading, refused, remark.
TEXT, HEADING, REFUSED, REMARK = range(4)
_AUTHOR = "一码清"

_CUSTOM = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_TYPES = (
    f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package'
    '.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument'
    '.vmlDrawing"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.styles+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/worksheets/sheet2.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/comments1.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.comments+xml"/>'
)
WORKBOOK_PARTS = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATION}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_RELATION}/worksheet" Target="worksheets/sheet2.xml"/>'
    f'<Relationship Id="rId3" Type="{_RELATION}/styles" Target="styles.xml"/></Relationships>'
)
NOTES_OF_ROWS = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATION}/comments" Target="../comments1.xml"/>'
    f'<Relationship Id="rId2" Type="{_RELATION}/vmlDrawing"'
    ' Target="../drawings/vmlDrawing1.vml"/></Relationships>'
)
# Numbers that are text stay text: format 49, so that an ID number typed again keeps its digits.
STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/></font>'
    '<font><b/><sz val="11"/></font></fonts><fills count="4">'
    '<fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFF8C9C4"/></patternFill></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFFFE9A8"/></patternFill></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="4">'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" applyFont="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="2" borderId="0" applyFill="1" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="3" borderId="0" applyFill="1" applyNumberFormat="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


def package(mark: tuple[str, str] | None) -> dict[str, str]:
    """What the file is made of; with ``mark``, a property of its own (name, text) too."""
    part = relation = custom = ""
    if mark:
        part = f'<Override PartName="/docProps/custom.xml" ContentType="{_CUSTOM}"/>'
        relation = (
            f'<Relationship Id="rId2" Type="{_RELATION}/custom-properties"'
            ' Target="docProps/custom.xml"/>'
        )
        kind = _RELATION.removesuffix("/relationships")
        custom = (
            f'{_HEAD}<Properties xmlns="{kind}/custom-properties" xmlns:vt="{kind}/docPropsVTypes">'
            '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2"'
            f" name={quoteattr(mark[0])}><vt:lpwstr>{escape(mark[1])}</vt:lpwstr></property>"
            "</Properties>"
        )
    return {
        "[Content_Types].xml": f"{_TYPES}{part}</Types>",
        "_rels/.rels": (
            f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
            f' Type="{_RELATION}/officeDocument" Target="xl/workbook.xml"/>{relation}'
            "</Relationships>"
        ),
        **({"docProps/custom.xml": custom} if custom else {}),
    }


@dataclass(frozen=True)
class Note:
    """What is wrong with one cell: row from 1, column from 0."""

    row: int
    column: int
    text: str
    refused: bool


def workbook(errors: str, own: str) -> str:
    """The list of the two sheets: the user's rows first, as they are read when the file is sent
    again; it opens at the errors.
    """
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>'
        for n, name in ((2, own), (1, errors))
    )
    return (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATION}">'
        '<bookViews><workbookView activeTab="1"/></bookViews>'
        f"<sheets>{sheets}</sheets></workbook>"
    )


def sheet_begin(*, frozen: int = 1, widths: Sequence[int] = ()) -> str:
    """Up to the first row; ``frozen`` rows stay in sight."""
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
        for n, width in enumerate(widths, start=1)
    )
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}" xmlns:r="{_RELATION}"><sheetViews>'
        f'<sheetView workbookViewId="0"><pane ySplit="{frozen}" topLeftCell="A{frozen + 1}"'
        ' activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        + (f"<cols>{columns}</cols>" if columns else "")
        + "<sheetData>"
    )


def sheet_end(*, notes: bool = False, merged: Sequence[Merged] = ()) -> str:
    """After the last row: ``merged`` cells, and where the notes are."""
    ranges = "".join(
        f'<mergeCell ref="{letter_of(left)}{top + 1}:{letter_of(right)}{last + 1}"/>'
        for top, last, left, right in merged
    )
    joined = f"<mergeCells>{ranges}</mergeCells>" if ranges else ""
    drawn = '<legacyDrawing r:id="rId2"/>' if notes else ""
    return f"</sheetData>{joined}{drawn}</worksheet>"


def row(number: int, cells: Sequence[str], styles: dict[int, int], style: int = TEXT) -> str:
    """One row; ``styles`` are those of single cells, which are written even if they are empty."""
    wide = max(len(cells), max(styles, default=-1) + 1)
    parts = []
    for at in range(wide):
        text = cells[at] if at < len(cells) else ""
        own = styles.get(at, style)
        if text:
            parts.append(
                f'<c r="{letter_of(at)}{number}" s="{own}" t="inlineStr"><is>'
                f'<t xml:space="preserve">{_fit(text)}</t></is></c>'
            )
        elif at in styles:
            parts.append(f'<c r="{letter_of(at)}{number}" s="{own}"/>')
    return f'<row r="{number}">{"".join(parts)}</row>'


def comments(notes: Iterable[Note]) -> Iterator[str]:
    """The notes' text."""
    yield (
        f'{_HEAD}<comments xmlns="{_MAIN}"><authors><author>{_AUTHOR}</author></authors>'
        "<commentList>"
    )
    for note in notes:
        yield (
            f'<comment ref="{letter_of(note.column)}{note.row}" authorId="0"><text><t'
            f' xml:space="preserve">{_fit(note.text)}</t></text></comment>'
        )
    yield "</commentList></comments>"


def drawing(notes: Iterable[Note]) -> Iterator[str]:
    """Where the notes are shown: spreadsheets want a box for each."""
    yield (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:'
        'office:office" xmlns:x="urn:schemas-microsoft-com:office:excel">'
        '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202"'
        ' path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
        '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
    )
    for number, note in enumerate(notes, start=1025):
        yield (
            f'<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;'
            'width:180pt;height:60pt;visibility:hidden" fillcolor="#fffbe6" o:insetmode="auto">'
            '<v:textbox/><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
            f"<x:AutoFill>False</x:AutoFill><x:Row>{note.row - 1}</x:Row>"
            f"<x:Column>{note.column}</x:Column></x:ClientData></v:shape>"
        )
    yield "</xml>"


def _fit(text: str) -> str:
    return escape(_UNFIT.sub("", text))
