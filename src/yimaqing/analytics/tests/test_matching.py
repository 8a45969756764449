"""Record linkage without a domain: which pairs are scored, and by what."""

from dataclasses import replace

import pyarrow as pa
import pytest

from yimaqing.analytics.matching import Comparison, Level, Model, pairs

WORD = Comparison(
    "word",
    "word_l IS NULL OR word_r IS NULL",
    (
        Level("same", "word_l = word_r", 0.8, 1e-3, "word"),
        Level("near", "levenshtein(word_l, word_r) = 1", 0.1, 1e-2),
    ),
    (0.1, 0.9),
)
SHELF = Comparison(
    "shelf",
    "shelf_l IS NULL OR shelf_r IS NULL",
    (Level("same", "shelf_l = shelf_r", 0.9, 0.01),),
    (0.1, 0.99),
)
MODEL = Model((WORD, SHELF), ("l.shelf = r.shelf", "l.word = r.word"), doubles=0.1)


def records(*rows):
    return pa.table(
        {"id": [r[0] for r in rows], "word": [r[1] for r in rows], "shelf": [r[2] for r in rows]}
    )


def test_pairs_come_likeliest_first_with_the_level_that_each_reached():
    rows = records((7, "oak", "a"), (3, "oak", "a"), (5, "elm", "a"), (9, "oat", "a"))
    shares = {"word": {"oak": 1e-3, "elm": 1e-3, "oat": 1e-3}}
    found = pairs(rows, MODEL, threshold=0, frequencies=shares)
    assert (found[0].left, found[0].right) == (3, 7)
    levels = {(p.left, p.right): p.levels for p in found}
    assert levels[3, 7] == {"word": "same", "shelf": "same"}
    assert levels[7, 9] == {"word": "near", "shelf": "same"}
    assert levels[5, 9] == {"word": "", "shelf": "same"}
    assert [p.probability for p in found] == sorted((p.probability for p in found), reverse=True)


def test_what_is_not_known_says_nothing():
    [found] = pairs(records((1, "oak", None), (2, "oak", "a")), MODEL, threshold=0)
    assert found.levels == {"word": "same"}


def test_only_pairs_of_a_block_are_scored_and_excluded_ones_never():
    rows = records((1, "oak", "a"), (2, "elm", "b"), (3, "fir", "a"))
    assert [(p.left, p.right) for p in pairs(rows, MODEL, threshold=0)] == [(1, 3)]
    assert pairs(rows, replace(MODEL, excluded="l.word <> r.word"), threshold=0) == []


def test_a_rare_word_counts_for_more_than_a_common_one():
    rows = records((1, "oak", "a"), (2, "oak", "b"), (3, "elm", "c"), (4, "elm", "d"))
    shares = {"word": {"oak": 1e-6, "elm": 0.2}}
    found = {p.left: p.probability for p in pairs(rows, MODEL, threshold=0, frequencies=shares)}
    assert found[1] > 0.99
    assert found[3] < 0.5


def test_a_pairs_score_does_not_depend_on_who_else_is_there():
    model = replace(MODEL, among=1000)
    few = [(1, "oak", "a"), (2, "oak", "a")]
    many = few + [(n, f"w{n}", f"s{n}") for n in range(3, 300)]
    shares = {"word": {f"w{n}": 1e-3 for n in range(3, 300)} | {"oak": 1e-3}}
    [alone] = pairs(records(*few), model, threshold=0, frequencies=shares)
    [among] = pairs(records(*many), model, threshold=0, frequencies=shares)
    assert among.probability == pytest.approx(alone.probability)


def test_nobody_is_paired_in_an_empty_table_or_with_himself():
    assert pairs(records(), MODEL, threshold=0) == []
    assert pairs(records((1, "oak", "a")), MODEL, threshold=0) == []
