"""A workbook's rectangle is measured before it is made: small bombs are refused at once."""

import io
import resource
import subprocess
import sys
import time
import zipfile

import openpyxl
import pytest
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st

from yimaqing.domains.intake.apart import asking
from yimaqing.domains.intake.apart.asking import Workbook
from yimaqing.domains.intake.reading import FileUnusable, extent, formats, open_sheet
from yimaqing.domains.intake.reading.extent import Glance, NotWellFormed, Survey, letters_of

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEADER = '<row r="1"><c r="A1" t="inlineStr"><is><t>户编号</t></is></c></row>'


def book(rows, prefix=""):
    """A workbook with one sheet of this XML."""
    p = f"{prefix}:" if prefix else ""
    name = f"xmlns:{prefix}" if prefix else "xmlns"
    sheet = f'<{p}worksheet {name}="{MAIN}"><{p}sheetData>{rows}</{p}sheetData></{p}worksheet>'
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="a" Type='
        f'"{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>'
        '<sheet name="s" sheetId="1" r:id="b"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="b" '
        f'Type="{LINKS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for part, text in parts.items():
            zipped.writestr(part, text)
    return out.getvalue()


def fault_of(data):
    with pytest.raises(FileUnusable) as caught:
        open_sheet(lambda: io.BytesIO(data))
    return caught.value.code, caught.value.params


def fed(measure, text, size):
    data = text.encode()
    with pytest.MonkeyPatch.context() as small:
        small.setattr(extent, "_BORDER", 64)  # as long as the longest tag here
        for start in range(0, len(data), size):
            measure.feed(data[start : start + size])
        measure.feed(b"", last=True)
    return measure


READ = """
import io, resource, sys
from yimaqing.domains.intake.apart import asking
from yimaqing.domains.intake.apart.asking import Workbook
from yimaqing.domains.intake.reading import FileUnusable, open_sheet
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
data = sys.stdin.buffer.read()
try:
    open_sheet(lambda: io.BytesIO(data))
except FileUnusable as error:
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(error.code, more // 1024)
"""


def test_two_cells_far_apart_cost_neither_memory_nor_time():
    bomb = book(HEADER + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    assert len(bomb) < 2000
    began = time.monotonic()
    code, params = fault_of(bomb)
    assert time.monotonic() - began < 1
    assert code == "too_far"
    assert params == {
        "rows": 1048576,
        "columns": 16384,
        "lowest": "XFD1048576",
        "rightmost": "XFD1048576",
    }
    limit = 4 * 1024**3  # a reader that made the rectangle would need 550 GB and dies here
    done = subprocess.run(
        [sys.executable, "-c", READ],
        input=bomb,
        capture_output=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )
    name, megabytes = done.stdout.decode().split()
    assert name == "too_far"
    assert int(megabytes) < 50


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1048576"><c><v>1</v></c></row><row r="1"><c r="XFD1"><v>1</v></c></row>',
        "<row r='1048576'><c\n r = 'xfd1048576' ><v>1</v></c></row>",
        '<row r="1"><c s=">" r="XFD1048576"><v>1</v></c></row>',
        '<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>',
        '<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>',
        "<row><c><v>1</v></c></row>" * 1100 + "<row>" + "<c><v>1</v></c>" * 20_001 + "</row>",
    ],
    ids=["no r", "quotes", "> in a value", "beyond a spreadsheet", "many letters", "no r at all"],
)
def test_however_it_is_written_a_large_rectangle_is_refused(rows):
    assert fault_of(book(HEADER + rows))[0] == "too_far"


def test_another_prefix_hides_nothing():
    rows = (
        '<x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>'
    )
    assert fault_of(book(rows, "x"))[0] == "too_far"


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A2" r="XFD1048576"><v>1</v></c>',
        '<c r="A2" s="0"r="XFD1048576"><v>1</v></c>',
        '<c s="<" r="XFD1048576"><v>1</v></c>',
        '<c junk r="XFD1048576"><v>1</v></c>',
        '<c r="1A"><v>1</v></c>',
    ],
)
def test_cells_that_no_spreadsheet_writes_are_refused(cell):
    assert fault_of(book(HEADER + f'<row r="2">{cell}</row>'))[0] == "broken_workbook"


def test_formats_and_a_stated_dimension_without_content_do_no_harm():
    empty = '<row r="2"><c r="B2" s="1"/><c r="XFD2" s="1"></c></row>'
    ghost = '<row r="1048576"><c r="A1048576" s="1"/></row>'
    sheet = open_sheet(lambda: io.BytesIO(book(HEADER + empty + ghost)))
    assert (sheet.header, list(sheet.rows)) == (["户编号"], [(1, ["户编号"])])


def test_a_flood_of_cells_or_texts_is_refused(monkeypatch):
    monkeypatch.setattr(formats, "MOST_CELLS", 1000)
    assert fault_of(book(HEADER + '<c r="A1"/>' * 1001)) == ("too_many_cells", {"limit": 1000})
    assert fault_of(book(HEADER + "<c/>" * 1001))[0] == "too_many_cells"
    out = io.BytesIO(book(HEADER))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("xl/SharedStrings.xml", "<sst><!-- sheetData -->" + "<si/>" * 1001)
    assert fault_of(out.getvalue())[0] == "too_many_cells"


def with_part(name, text):
    out = io.BytesIO(book(HEADER))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr(name, text)
    return out.getvalue()


def test_a_cell_of_millions_of_characters_is_refused_before_it_is_read():
    flood = "字" * 1_000_000
    data = book(HEADER + f'<row r="2"><c r="A2" t="inlineStr"><is><t>{flood}</t></is></c></row>')
    assert fault_of(data) == ("cell_too_long", {"part": "xl/worksheets/sheet1.xml"})
    texts = with_part("xl/sharedStrings.xml", f"<sst><si><t>{flood}</t></si></sst>")
    assert fault_of(texts) == ("cell_too_long", {"part": "xl/sharedStrings.xml"})
    picture = with_part("xl/media/image1.bmp", bytes(3_000_000))
    assert open_sheet(lambda: io.BytesIO(picture)).header == ["户编号"]


def test_swollen_lists_of_formats_are_refused():
    data = with_part("xl/styles.xml", "<styleSheet>" + "<xf/>" * 7_000_000)
    assert fault_of(data) == ("part_too_large", {"part": "xl/styles.xml", "limit_mb": 32})


def test_a_flood_of_merged_cells_is_refused(monkeypatch):
    monkeypatch.setattr(formats, "MOST_MERGED", 1000)
    merges = (
        "</sheetData><mergeCells>" + '<mergeCell ref="A2:A3"/>' * 1001 + "</mergeCells><sheetData>"
    )
    assert fault_of(book(HEADER + merges)) == ("too_many_merged", {"limit": 1000})


def many_copies():
    """One text of 900,000 characters, and 9,000 cells that show it: 8 GB in a small file."""
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(2, 9002))
    text = f'<sst xmlns="{MAIN}"><si><t>{"a" * 900_000}</t></si></sst>'
    relation = f'<Relationship Id="c" Type="{LINKS}/sharedStrings" Target="sharedStrings.xml"/>'
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book(HEADER + cells))) as whole,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped,
    ):
        for name in whole.namelist():
            part = whole.read(name).decode()
            if name.endswith("workbook.xml.rels"):
                part = part.replace("</Relationships>", relation + "</Relationships>")
            zipped.writestr(name, part)
        zipped.writestr("xl/sharedStrings.xml", text)
    return out.getvalue()


def test_what_ends_the_reader_ends_no_worker(monkeypatch):
    monkeypatch.setattr(asking, "MOST_BYTES", 400 * 1024**2)
    data = many_copies()
    assert len(data) < 100_000
    assert fault_of(data)[0] == "workbook_too_heavy"


def test_two_sheets_may_be_read_in_turns():
    workbook = openpyxl.Workbook()
    for name in ("甲", "乙"):
        sheet = workbook.create_sheet(name)
        for number in range(5):
            sheet.append([f"{name}{number}", "x" * 400])
    out = io.BytesIO()
    workbook.save(out)
    opened = Workbook(out.getvalue())
    first, second = opened.rows("甲"), opened.rows("乙")
    assert next(first)[1][0] == "甲0"
    assert next(second)[1][0] == "乙0"
    assert [cells[0] for _, cells in first] == ["甲1", "甲2", "甲3", "甲4"]
    assert [cells[0] for _, cells in second] == ["乙1", "乙2", "乙3", "乙4"]


def test_a_hidden_sheet_of_many_columns_is_no_reason_to_refuse():
    workbook = openpyxl.Workbook()
    workbook.active.append(["户编号"])
    hidden = workbook.create_sheet("选项")
    hidden.sheet_state = "hidden"
    hidden.append(["乡"] * 2800)
    out = io.BytesIO()
    workbook.save(out)
    assert open_sheet(lambda: io.BytesIO(out.getvalue())).header == ["户编号"]


cells = st.builds(
    "<c{}{}>".format,
    st.one_of(
        st.just(""),
        st.builds(
            ' r="{}{}"'.format,
            st.sampled_from(["A", "B", "Z", "AA", "AZ", "BA", "CV", "ZZ", "AAA", "XFD"]),
            st.sampled_from([1, 2, 9, 40, 99_999, 100_000, 599_999, 1_000_000]),
        ),
    ),
    st.sampled_from(["", ' s="1"', ' t="n"', ' s="1" t="n"', ' cm="1"']),
).map(lambda tag: tag + "<v>1</v></c>")
rows = st.builds(
    "<row{}>{}</row>".format,
    st.one_of(st.just(""), st.integers(1, 2000).map(' r="{}"'.format)),
    st.lists(cells, max_size=4).map("".join),
)


@settings(deadline=None, max_examples=300)
@given(st.lists(rows, max_size=5).map("".join), st.integers(1, 300))
def test_both_measures_hold_all_that_the_reader_finds(text, size):
    whole = f"<worksheet><sheetData>{text}</sheetData></worksheet>"
    survey = fed(Survey(), whole, size).extent
    glance = fed(Glance(), whole, size)
    assert glance.cells == text.count("<c")
    if glance.sure:
        assert glance.extent.rows >= survey.rows
        assert glance.extent.columns >= survey.columns
    if survey.area > 100_000:
        return
    made = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(book(text)))
    last = made.get_sheet_by_index(0).end
    assert (survey.rows, survey.columns) == ((last[0] + 1, last[1] + 1) if last else (0, 0))


@settings(deadline=None, max_examples=100)
@given(st.lists(st.integers(1, 702), min_size=1, max_size=30), st.integers(1, 80))
def test_a_glance_at_usual_cells_is_exact_in_columns(columns, size):
    text = "".join(f'<c r="{letters_of(n)}7" s="1"/>' for n in columns)
    glance = fed(Glance(), f"<worksheet><sheetData><row>{text}", size)
    assert glance.sure
    assert glance.extent.columns == max(columns)


def test_a_tag_that_is_cut_off_is_said_to_be():
    with pytest.raises(NotWellFormed):
        fed(Survey(), "<sheetData><row><c r=", 7)
