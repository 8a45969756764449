"""What a file is, and why one cannot be read: each answer is exact."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest

from yimaqing.domains.intake.apart import typed
from yimaqing.domains.intake.reading import (
    FileUnusable,
    columns_of,
    formats,
    open_sheet,
    sheets,
)
from yimaqing.domains.intake.reading.header import letter_of
from yimaqing.kit.dataset import Column, Dataset

TEXT = "户编号,姓名\r\n86141124000123,王秀英\r\n"
PEOPLE = Dataset(
    name="people",
    label="人",
    columns=(
        Column("number", "户编号", ("aac001",), required=True),
        Column("name", "姓名", ("aab002",), required=True),
        Column("toilet", "是否有卫生厕所", ("aac319",)),
    ),
    table="t",
    lookup="",
    fields=(),
    key=(),
    key_column="number",
)


def sheet_of(data):
    """The sheet with its first row taken off."""
    sheet = open_sheet(lambda: io.BytesIO(data))
    next(sheet.rows)
    return sheet


def fault_of(data):
    with pytest.raises(FileUnusable) as caught:
        list(sheet_of(data).rows)
    return caught.value.code, caught.value.params


def workbook(rows, name="sheet", hidden_first=False):
    book = openpyxl.Workbook()
    sheet = book.active
    if hidden_first:
        sheet.append(["notes"])
        sheet.sheet_state = "hidden"
        sheet = book.create_sheet(name)
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_text_is_read_in_the_encodings_of_chinese_offices(encoding):
    sheet = sheet_of(TEXT.encode(encoding))
    assert sheet.header == ["户编号", "姓名"]
    assert list(sheet.rows) == [(2, ["86141124000123", "王秀英"])]


def test_a_workbook_says_the_same_as_text():
    rows = [["户编号", "日期", "金额", "有"], ["86141124000123", dt.date(2020, 8, 19), 12.5, True]]
    sheet = sheet_of(workbook(rows))
    assert list(sheet.rows) == [(2, ["86141124000123", "2020-08-19", "12.5", "是"])]


def test_long_numbers_that_a_spreadsheet_cut_are_marked():
    sheet = sheet_of(workbook([["证件号码"], [141199197502140013]]))
    [(number, [cell])] = sheet.rows
    assert number == 2
    assert cell.startswith(typed.LOST_DIGITS)


def test_hidden_sheets_are_passed_over():
    assert sheet_of(workbook([["户编号"], ["1"]], hidden_first=True)).header == ["户编号"]


def test_rows_are_numbered_as_a_spreadsheet_shows_them():
    data = '户编号,姓名\n1,甲\n\n , \n"2","两\n行"\n3,丙\n'.encode()
    assert [number for number, _ in sheet_of(data).rows] == [2, 5, 6]
    assert [n for n, _ in sheet_of(workbook([["a"], ["1"], [], ["2"]])).rows] == [2, 4]


@pytest.mark.parametrize(
    ("data", "code", "params"),
    [
        (b"", "empty", {}),
        (b"  \r\n\r\n", "empty", {}),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "old_workbook", {}),
        (TEXT.encode("utf-16"), "utf16", {}),
        (b"%PDF-1.7\0\0", "not_a_table", {}),
        ("户编号\n1\n".encode() + b"\xff\xff\xff\n", "encoding", {"line": 3}),
        ('户编号,姓名\n1,甲\n2,"乙\n'.encode(), "quote_open", {"row": 3, "line": 3}),
        (b"PK\x03\x04 not a zip", "broken_workbook", {}),
    ],
)
def test_a_file_that_is_no_table_is_named(data, code, params):
    assert fault_of(data) == (code, params)


def archive(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in parts.items():
            zipped.writestr(name, data)
    return out.getvalue()


def test_an_archive_that_is_no_workbook_is_refused():
    assert fault_of(archive(a="x"))[0] == "not_a_table"


def test_a_workbook_that_unpacks_too_far_is_refused(monkeypatch):
    monkeypatch.setattr(formats, "MOST_UNPACKED_BYTES", 1024**2)
    bomb = archive(**{"xl/workbook.xml": "x", "xl/worksheets/sheet1.xml": bytes(5 * 1024**2)})
    assert len(bomb) < 20_000
    assert fault_of(bomb) == ("bomb", {"limit_mb": 1})


def test_an_archive_that_lies_about_its_sizes_is_refused():
    honest = archive(**{"xl/workbook.xml": "x" * 1000})
    declared = (1000).to_bytes(4, "little")
    assert honest.count(declared) == 2
    assert fault_of(honest.replace(declared, (10).to_bytes(4, "little")))[0] == "broken_workbook"


def test_too_many_rows_and_columns_are_refused(monkeypatch):
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    assert fault_of(b"a\n1\n2\n3\n") == ("too_many_rows", {"limit": 2})
    monkeypatch.setattr(sheets, "MOST_COLUMNS", 2)
    assert fault_of(b"a,b,c\n") == ("too_many_columns", {"limit": 2})


def test_columns_are_known_by_label_code_and_however_typed():
    header = [" 姓 名 * ", "序号", "AAC001", "是否有卫生厕所（是/否）"]
    assert [c.name if c else None for c in columns_of(PEOPLE, header)] == [
        "name",
        None,
        "number",
        "toilet",
    ]


@pytest.mark.parametrize(
    ("header", "code", "params"),
    [
        (
            ["户编号", "姓名", "姓"],
            "column_unknown",
            {"heading": "姓", "letter": "C", "near": "姓名"},
        ),
        (
            ["户编号", "aac001", "姓名"],
            "column_twice",
            {"heading": "户编号", "letter": "B", "first": "A"},
        ),
        (["是否有卫生厕所"], "column_missing", {"headings": "户编号、姓名"}),
    ],
)
def test_a_header_that_does_not_fit_is_explained(header, code, params):
    with pytest.raises(FileUnusable) as caught:
        columns_of(PEOPLE, header)
    assert (caught.value.code, caught.value.params) == (code, params)


def test_columns_are_lettered_like_a_spreadsheet():
    assert [letter_of(n) for n in (0, 25, 26, 51, 52, 701, 702)] == [
        "A", "Z", "AA", "AZ", "BA", "ZZ", "AAA",
    ]  # fmt: skip
