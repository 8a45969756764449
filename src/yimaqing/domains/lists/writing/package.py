"""The fixed parts of a workbook (ECMA-376): everything but the rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from yimaqing.domains.lists.writing import Notes

#: Name of the hidden sheet by which a workbook that comes back is known, and what it holds:
#: number, list, dataset, row of the headings, column of the keys, seal.
MARK = "_yimaqing"
PROPERTY = "YimaqingExport"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HIDDEN = ' hidden="1"'
_LONGEST_NOTE = 200  # a header or footer holds 255 characters with its codes

STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="#,##0.00"/></numFmts>'
    '<fonts count="3"><font><sz val="11"/><name val="宋体"/></font>'
    '<font><b/><sz val="11"/><name val="宋体"/></font>'
    '<font><b/><sz val="14"/><name val="宋体"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFE8EDEB"/></patternFill></fill></fills>'
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="7"><xf/>'
    '<xf fontId="1" fillId="2" applyFont="1" applyFill="1"/>'
    '<xf numFmtId="49" quotePrefix="1" applyNumberFormat="1"/>'
    '<xf numFmtId="165" applyNumberFormat="1"/><xf numFmtId="164" applyNumberFormat="1"/>'
    '<xf fontId="2" applyFont="1"/><xf numFmtId="1" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


def letters(number: int) -> str:
    """0 → A, 26 → AA."""
    found = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(65 + rest) + found
    return found


def sheet_begin(widths: Sequence[int], header_row: int) -> str:
    """A sheet up to its first row: header frozen, widths, the last column (the keys) hidden."""
    hidden = len(widths)
    cols = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"'
        f"{_HIDDEN if n == hidden else ''}/>"
        for n, width in enumerate(widths, start=1)
    )
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView workbookViewId="0">'
        f'<pane ySplit="{header_row}" topLeftCell="A{header_row + 1}" activePane="bottomLeft"'
        f' state="frozen"/></sheetView></sheetViews><cols>{cols}</cols><sheetData>'
    )


def sheet_end(notes: Notes, header_row: int, last: str) -> str:
    """What follows the rows: filters, a wide page, and who took the list on every page."""
    who = _plain(notes.line)
    demo = _plain(notes.demo)
    header = f"&L{_plain(notes.title)}&R{notes.number}"
    footer = f"&L{who}&C{demo}&R&P / &N"
    return (
        f'</sheetData><autoFilter ref="A{header_row}:{last}"/>'
        '<pageMargins left="0.5" right="0.5" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
        f"<headerFooter><oddHeader>{escape(header)}</oddHeader>"
        f"<oddFooter>{escape(footer)}</oddFooter></headerFooter></worksheet>"
    )


def parts(notes: Notes, sheets: int, header_row: int, key_column: str) -> Iterator[tuple[str, str]]:
    """Every part but the sheets of rows: (name in the package, text)."""
    mark = sheets + 1
    yield "xl/styles.xml", STYLES
    yield (
        f"xl/worksheets/sheet{mark}.xml",
        _mark(
            [
                *(notes.number, notes.listing, notes.dataset),
                *(str(header_row), key_column, notes.seal),
            ]
        ),
    )
    yield "xl/workbook.xml", _workbook(notes, sheets, header_row)
    rels = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/relationships/worksheet"'
        f' Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, mark + 1)
    )
    rels += (
        f'<Relationship Id="rId{mark + 1}" Type="{_OFFICE}/relationships/styles"'
        ' Target="styles.xml"/>'
    )
    yield "xl/_rels/workbook.xml.rels", _relations(rels)
    yield "docProps/custom.xml", _property(f"{notes.number} {notes.seal}".strip())
    yield (
        "_rels/.rels",
        _relations(
            f'<Relationship Id="rId1" Type="{_OFFICE}/relationships/officeDocument"'
            ' Target="xl/workbook.xml"/>'
            f'<Relationship Id="rId2" Type="{_OFFICE}/relationships/custom-properties"'
            ' Target="docProps/custom.xml"/>'
        ),
    )
    yield "[Content_Types].xml", _types(mark)


def _workbook(notes: Notes, sheets: int, header_row: int) -> str:
    names = [notes.title[:25].translate(_NOT_IN_NAMES)] * sheets
    names = [name if n == 0 else f"{name} {n + 1}" for n, name in enumerate(names)]
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>'
        for n, name in enumerate(names, start=1)
    )
    listed += (
        f'<sheet name="{MARK}" sheetId="{sheets + 1}" state="veryHidden" r:id="rId{sheets + 1}"/>'
    )
    titles = "".join(
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{n}">'
        f"'{escape(name)}'!$1:${header_row}</definedName>"
        for n, name in enumerate(names)
    )
    return (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}/relationships">'
        f"<sheets>{listed}</sheets><definedNames>{titles}</definedNames></workbook>"
    )


_NOT_IN_NAMES = dict.fromkeys(map(ord, "[]:*?/\\'"), " ")


def _mark(values: Sequence[str]) -> str:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>{escape(value)}</t></is></c></row>'
        for n, value in enumerate(values, start=1)
    )
    return f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def _property(number: str) -> str:
    return (
        f'{_XML}<Properties xmlns="{_OFFICE}/custom-properties"'
        f' xmlns:vt="{_OFFICE}/docPropsVTypes">'
        '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2"'
        f' name="{PROPERTY}"><vt:lpwstr>{escape(number)}</vt:lpwstr></property></Properties>'
    )


def _relations(inside: str) -> str:
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'


def _types(sheets: int) -> str:
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for n in range(1, sheets + 1)
    )
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{overrides}'
        '<Override PartName="/docProps/custom.xml"'
        ' ContentType="application/vnd.openxmlformats-officedocument.custom-properties+xml"/>'
        "</Types>"
    )


def _plain(text: str) -> str:
    """A text in a header or footer, where ``&`` begins a code."""
    return text[:_LONGEST_NOTE].replace("&", "&&")
