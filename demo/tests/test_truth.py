"""truth.json says exactly where the errors are."""

import polars as pl
import pytest

from demo import margins
from demo.kinds import KINDS


@pytest.mark.parametrize("name", KINDS)
def test_rows_and_share(register, name):
    truth, table = register.truth["datasets"][name], register.whole[name]
    assert truth["rows"] == table.height
    share = len(truth["planted"]) / table.height
    assert share == pytest.approx(margins.DIRTY_SHARE, rel=0.35)
    assert {entry["kind"] for entry in truth["planted"]} == {kind.name for kind in KINDS[name]}


@pytest.mark.parametrize("name", KINDS)
def test_planted_values_stand_in_the_file(register, name):
    table = register.whole[name]
    for entry in register.truth["datasets"][name]["planted"]:
        assert table[entry["column"]][entry["row"] - 2] == entry["value"], entry


def test_rows_fall_with_their_household(register):
    rejected = {
        entry["row"] - 2
        for entry in register.truth["datasets"]["households"]["planted"]
        if entry["effect"] == "rejected"
    }
    households = register.whole["households"].with_row_index()
    kept = set(households.filter(~pl.col("index").is_in(list(rejected)))["户编号"])
    for name in ("persons", "incomes", "readings"):
        truth, table = register.truth["datasets"][name], register.whole[name].with_row_index()
        planted = {e["row"] - 2 for e in truth["planted"] if e["effect"] == "rejected"}
        lost = table.filter(
            ~pl.col("户编号").is_in(list(kept)) & ~pl.col("index").is_in(list(planted))
        )
        assert [row - 2 for row in truth["fall_with_household"]] == lost["index"].to_list()
        assert lost.height > 0


def test_wrong_numbers_are_wrong(register):
    entries = register.truth["datasets"]["persons"]["planted"]
    rounded = [e["value"] for e in entries if e["kind"] == "id_rounded_by_spreadsheet"]
    assert rounded
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    broken = 0
    for number in rounded:
        total = sum(int(d) * w for d, w in zip(number[:17], weights, strict=True))
        broken += number[17] != "10X98765432"[total % 11]
    assert broken == len(rounded)


def test_each_row_is_spoiled_once(register):
    for name, truth in register.truth["datasets"].items():
        rows = [entry["row"] for entry in truth["planted"]]
        assert len(rows) == len(set(rows)), name
