"""Files that nobody should send: each gets an exact answer, in bounded time and memory."""

import io
import random
import tracemalloc
import zipfile
from importlib import import_module

import openpyxl
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yimaqing.domains.intake import filling
from yimaqing.domains.intake.apart.typed import NO_VALUE
from yimaqing.domains.intake.messages import explain
from yimaqing.domains.intake.reading import FileUnusable, open_book, open_sheet

xlwt = import_module("xlwt")  # without types


def read(data, sheet=""):
    """Every row of a file, as it is read."""
    return list(open_sheet(lambda: io.BytesIO(data), sheet).rows)


def fault_of(data):
    with pytest.raises(FileUnusable) as caught:
        read(data)
    said = explain("persons", caught.value.code, caught.value.params)
    assert said.reason
    assert said.reason != caught.value.code, "every fault is put into words"
    return caught.value.code, caught.value.params


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xlsx(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return saved(book)


def xls(rows):
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("花名册")
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(at, column, cell)
    return saved(book)


def parquet(frame):
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


ROWS = [["户编号", "姓名"], ["86141124000123", "王秀英"]]


def test_old_workbooks_and_parquet_are_read_like_any_other():
    assert read(xls(ROWS)) == [(1, ROWS[0]), (2, ROWS[1])]
    frame = pl.DataFrame({"户编号": ["86141124000123"], "人数": [3], "日期": [None]})
    assert read(parquet(frame)) == [
        (1, ["户编号", "人数", "日期"]),
        (2, ["86141124000123", "3", ""]),
    ]


def test_a_table_that_does_not_begin_in_column_a_keeps_its_letters():
    book = openpyxl.Workbook()
    book.active.cell(2, 3, "户编号")
    book.active.cell(3, 3, "1")
    assert read(saved(book)) == [(2, ["", "", "户编号"]), (3, ["", "", "1"])]


def test_a_quote_that_is_never_closed_is_told_by_its_line_in_bounded_memory():
    rows = "".join(f"{n},王,李\n" for n in range(400_000))
    data = ("户编号,姓名,备注\n" + rows[:60_000] + '\n9,"王,李\n' + rows).encode()
    line = data[: data.index(b'"')].count(b"\n") + 1
    sheet = open_sheet(lambda: io.BytesIO(data))
    tracemalloc.start()
    with pytest.raises(FileUnusable) as caught:
        for _row in sheet.rows:
            pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (caught.value.code, caught.value.params["line"]) == ("quote_open", line)
    assert peak < 8 * 1024**2, "no more than the longest cell is held"


def test_a_file_without_line_breaks_and_one_of_two_million_columns_are_refused():
    assert fault_of(b"a" * (9 * 1024**2)) == ("line_too_long", {"line": 1})
    assert fault_of(b"a," * 2_000_000 + b"\n") == ("row_too_wide", {"row": 1, "cells": 2_000_001})
    assert fault_of("户编号,姓名\n".encode() + b"," * 2_000_000)[1]["row"] == 2
    assert fault_of(b"a," * 300 + b"a\n")[0] == "too_many_columns"


def test_a_row_that_goes_on_over_many_lines_is_told_by_its_first():
    """Each line and each cell is short, the row is the whole file."""
    assert fault_of("户编号,姓名\n".encode() + b'"\n",' * 3_000_000) == (
        "row_too_long",
        {"line": 2},
    )


def test_long_rows_are_checked_few_at_a_time(monkeypatch):
    monkeypatch.setattr(filling, "CHUNK_BYTES", 10_000)
    rows = iter([(n, ["x" * 4000] * 2) for n in range(10)])
    assert [len(filling._some(rows)) for _ in range(6)] == [2, 2, 2, 2, 2, 0]


@pytest.mark.parametrize("head", ["<html xmlns:x='urn'>", "\ufeff\r\n<table>", "<!DOCTYPE html>"])
def test_a_web_page_that_is_called_a_workbook_is_told_as_that(head):
    assert fault_of((head + "<tr><td>户编号</td></tr>").encode())[0] == "web_page"
    assert fault_of(b'<?xml version="1.0"?><Workbook xmlns="urn">')[0] == "xml_workbook"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_text_of_two_bytes_a_character_is_told_with_and_without_its_mark(encoding):
    assert fault_of("户编号,姓名\r\n1,王秀英\r\n".encode(encoding))[0] == "utf16"


def test_lines_of_old_systems_are_counted_too():
    data = "户编号,姓名\r1,王秀英\r".encode() + b"2,\xff\r"
    assert fault_of(data) == ("encoding", {"line": 3})


def test_a_nul_in_a_cell_is_shown_and_stops_nothing():
    assert read("户编号,姓名\n".encode() + b"x" * 5000 + b",\0\n")[1][1][1] == "\0"
    assert fault_of("户编号,姓名\n1,王秀英\n2,李\0小军\n".encode()) == ("nul", {"line": 3})
    assert fault_of(b"MZ\x90\0\3\0\0\0" + b"text " * 200)[0] == "not_a_table"


def test_a_workbook_of_too_many_parts_is_told_as_that():
    out = io.BytesIO(xlsx(ROWS))
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(2001):
            archive.writestr(f"xl/media/{number}.bin", b"")
    assert fault_of(out.getvalue()) == ("too_many_parts", {"limit": 2000})


def test_mixed_encodings_are_told_by_their_line():
    data = "户编号,姓名\n1,王秀英\n".encode() + "2,李小军\n".encode("gb18030") + b"3,\xff\n"
    assert fault_of(data) == ("encoding", {"line": 3})


def test_formulas_without_a_value_are_marked_not_read_as_blank():
    book = openpyxl.Workbook()
    book.active.append(["户编号", "年收入"])
    book.active.append(["86141124000123", "=1+1"])  # openpyxl writes no value beside it
    assert read(saved(book))[1] == (2, ["86141124000123", NO_VALUE])


def test_what_a_workbook_holds_besides_its_cells_is_told_and_left():
    book = openpyxl.Workbook()
    book.active.append(ROWS[0])
    book.create_sheet("选项").sheet_state = "hidden"
    out = io.BytesIO(saved(book))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"Sub AutoOpen()")
        archive.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")
    notes = dict(open_book(lambda: io.BytesIO(out.getvalue())).notes)
    assert notes == {"hidden_sheets": {"sheets": "选项"}, "macros": {}, "external_links": {}}
    assert fault_named(out.getvalue(), "没有") == "sheet_unknown"


def fault_named(data, sheet):
    with pytest.raises(FileUnusable) as caught:
        open_sheet(lambda: io.BytesIO(data), sheet)
    return caught.value.code


def test_nested_and_swollen_parquet_are_refused(monkeypatch):
    assert fault_of(parquet(pl.DataFrame({"a": [[1, 2]]})))[0] == "nested_column"
    monkeypatch.setattr("yimaqing.domains.intake.reading.parquet.MOST_UNPACKED_BYTES", 1000)
    swollen = parquet(pl.DataFrame({"a": [str(n) for n in range(10_000)]}))
    assert fault_of(swollen)[0] == "bomb"
    assert fault_of(b"PAR1 and nothing else PAR1")[0] == "broken_parquet"
    binary = io.BytesIO()
    with zipfile.ZipFile(binary, "w") as archive:
        archive.writestr("xl/workbook.bin", b"")
    assert fault_of(binary.getvalue())[0] == "binary_workbook"


GOOD = {
    "xlsx": xlsx([*ROWS, *(["86141124000123", f"王{n}"] for n in range(20))]),
    "xls": xls([*ROWS, *(["86141124000123", f"王{n}"] for n in range(20))]),
    "parquet": parquet(pl.DataFrame({"户编号": ["1"] * 20, "数": range(20)})),
    "csv": '户编号,姓名\n1,"王"\n'.encode() * 20,
}


@pytest.mark.parametrize("kind", GOOD)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32), many=st.integers(1, 40), cut=st.integers(0, 3))
def test_whatever_is_damaged_the_answer_is_rows_or_an_exact_fault(kind, seed, many, cut):
    """Bytes changed and the end cut off: never another error, never a crash."""
    r = random.Random(seed)  # noqa: S311 - a seeded source of damage
    data = bytearray(GOOD[kind])
    for _ in range(many):
        data[r.randrange(len(data))] = r.randrange(256)
    if not cut:
        del data[r.randrange(len(data)) :]
    found = answer_to(bytes(data))
    if isinstance(found, FileUnusable):
        assert explain("persons", found.code, found.params).reason != found.code
    else:
        assert all(isinstance(cell, str) for _, cells in found for cell in cells)


def answer_to(data):
    try:
        return read(data)
    except FileUnusable as error:
        return error


def test_a_workbooks_own_properties_are_read_no_further_than_they_may_be_long():
    swollen = io.BytesIO(saved(openpyxl.Workbook()))
    with zipfile.ZipFile(swollen, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("docProps/custom.xml", b" " * 40_000_000)
    opened = open_book(lambda: io.BytesIO(swollen.getvalue()))
    tracemalloc.start()
    try:
        assert opened.property("YimaqingExport") == ""
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
