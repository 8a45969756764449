"""Linking two tables: the shares of a row's candidates, without a domain."""

import duckdb
import pyarrow as pa
import pytest

from yimaqing.analytics import linking
from yimaqing.analytics.linking import links
from yimaqing.analytics.matching import Comparison, Level, Model

WORD = Comparison(
    "word",
    "word_l IS NULL OR word_r IS NULL",
    (
        Level("same", "word_l = word_r", 0.9, 1e-3, "word"),
        Level("longer", "starts_with(word_r, word_l)", 0.08, 1e-3),
    ),
    (0.02, 0.9),
)
SHELF = Comparison(
    "shelf",
    "shelf_l IS NULL OR shelf_r IS NULL",
    (Level("same", "shelf_l = shelf_r", 0.9, 0.01),),
    (0.1, 0.99),
)
MODEL = Model((WORD, SHELF), ("l.shelf = r.shelf", "l.word = r.word"), doubles=0.5, among=1_000)


def table(*rows):
    return pa.table(
        {
            "id": pa.array([r[0] for r in rows], pa.int64()),
            "word": pa.array([r[1] for r in rows], pa.string()),
            "shelf": pa.array([r[2] for r in rows], pa.string()),
        }
    )


def test_the_only_record_that_fits_has_nearly_all_of_the_share():
    found = links(
        table((1, "oak", "a")), table((7, "oak", "a"), (8, "elm", "b")), MODEL, at_least=0
    )
    [link] = found[1]
    assert (link.record, link.levels) == (7, {"word": "same", "shelf": "same"})
    assert link.share > 0.95


def test_two_that_fit_alike_share_and_neither_is_sure():
    found = links(
        table((1, "oak", "a")), table((7, "oak", "a"), (8, "oak", "a")), MODEL, at_least=0
    )
    first, second = found[1]
    assert first.share == second.share < 0.5
    assert (first.record, second.record) == (7, 8)


def test_whom_a_row_means_is_asked_of_the_records_never_of_other_rows():
    """Rows and records may bear the same numbers; a row twice in a list is no candidate."""
    rows = table((1, "oak", "a"), (2, "oak", "a"))
    assert links(rows, table((1, "fir", "z")), MODEL, at_least=0) == {}
    both = links(rows, table((1, "oak", "a")), MODEL, at_least=0)
    assert {row: [one.record for one in found] for row, found in both.items()} == {1: [1], 2: [1]}


def test_conditions_may_tell_the_row_from_the_record():
    found = links(table((1, "oak", "a")), table((7, "oaken", "a")), MODEL, at_least=0)
    assert found[1][0].levels["word"] == "longer"
    found = links(table((1, "oaken", "a")), table((7, "oak", "a")), MODEL, at_least=0)
    assert found.get(1, []) == [] or found[1][0].levels["word"] == ""


def test_a_rare_word_says_more_than_a_common_one():
    common = [(n, "oak", f"s{n}") for n in range(10, 400)]
    records = table((1, "oak", "a"), (2, "yew", "b"), *common)
    found = links(table((1, "oak", None), (2, "yew", None)), records, MODEL, at_least=0)
    best = {row: max((one.share for one in found.get(row, [])), default=0) for row in (1, 2)}
    assert best[1] < 0.01
    assert best[2] > 0.2


def test_a_long_list_is_gone_through_in_parts(monkeypatch):
    monkeypatch.setattr(linking, "ROWS_AT_ONCE", 3)
    names = [f"w{n}" for n in range(10)]
    rows = table(*((n, name, "a") for n, name in enumerate(names)))
    records = table(*((n + 100, name, "a") for n, name in enumerate(names)))
    found = links(rows, records, MODEL, at_least=0.3)
    assert {row: one[0].record for row, one in found.items()} == {n: n + 100 for n in range(10)}


def test_beyond_its_memory_it_stops_and_leaves_nothing_on_disk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = table(*((n, "oak", "a") for n in range(3_000)))
    with pytest.raises(duckdb.OutOfMemoryException):
        links(rows, rows, MODEL, at_least=0, memory_gib=0.02)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_table_has_nobody():
    assert links(table(), table((1, "oak", "a")), MODEL, at_least=0) == {}
    assert links(table((1, "oak", "a")), table(), MODEL, at_least=0) == {}
