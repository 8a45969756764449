"""Dataset readings: observed values of indicators, with their day and source."""

from __future__ import annotations

import polars as pl
from django.utils.translation import gettext_noop as _n

from yimaqing.domains.registry.codetables import code_table
from yimaqing.domains.registry.indicators import INDICATORS
from yimaqing.domains.registry.loaders.abreast import ABREAST
from yimaqing.domains.registry.loaders.merged import FIND_HOUSEHOLD, former_household
from yimaqing.domains.registry.loaders.shared import (
    HOUSEHOLD_NUMBER,
    HOUSEHOLD_UNKNOWN,
    MESSAGES,
    OF_HOUSEHOLD,
    not_future,
)
from yimaqing.domains.registry.loaders.undoing import (
    MESSAGES as UNDO_MESSAGES,
)
from yimaqing.domains.registry.loaders.undoing import (
    UNDO_READINGS,
)
from yimaqing.kit.dataset import CodeTable, Column, Dataset, Field, Finding, Kind, Message, Rule

_VALUES = code_table("reading_value").labels
_OF_PERSON = [code for code, one in INDICATORS.items() if one.of_person]
_IN_WORDS = {code: set(one.words) for code, one in INDICATORS.items() if one.words}


def _indicator_table() -> CodeTable:
    """The register's labels of indicators; their codes are read too."""
    table = code_table("indicator")
    own = {code: code for code in INDICATORS}
    return CodeTable(table.name, {**table.labels, **own}, table.shown, table.english)


def _words(frame: pl.DataFrame) -> pl.Series:
    """The stored word behind a value, null where the value is a number or unknown."""
    value = frame["value"]
    known = value.replace_strict(_VALUES, default=None, return_dtype=pl.String)
    slugs = list(dict.fromkeys(_VALUES.values()))
    own = value.replace_strict(slugs, slugs, default=None, return_dtype=pl.String)
    return known.zip_with(known.is_not_null(), own)


def _in_words(frame: pl.DataFrame) -> pl.Series:
    return frame["indicator"].is_in(list(_IN_WORDS)).fill_null(value=False)


def _bounds(frame: pl.DataFrame, low: bool) -> pl.Series:
    bounds = {
        c: float(one.low if low else one.high) for c, one in INDICATORS.items() if not one.words
    }
    return frame["indicator"].replace_strict(bounds, default=None, return_dtype=pl.Float64)


def _plain(bounds: pl.Series) -> pl.Series:
    """Bounds as people write them: 366, not 366.0."""
    return bounds.map_elements(lambda bound: f"{bound:.9g}", return_dtype=pl.String)


def _number(frame: pl.DataFrame) -> pl.Series:
    plain = frame["value"].str.strip_suffix("%").str.replace_all(",", "")
    shaped = plain.str.contains(r"^[+-]?\d{1,9}(\.\d{1,4})?$").fill_null(value=False)
    nothing = pl.repeat(None, len(plain), dtype=pl.Float64, eager=True)
    return plain.cast(pl.Float64, strict=False).zip_with(shaped, nothing)


def _values(frame: pl.DataFrame) -> list[Finding]:
    words, numbers, in_words = _words(frame), _number(frame), _in_words(frame)
    allowed = frame["indicator"].replace_strict(
        {c: "、".join(_shown(w) for w in sorted(ws)) for c, ws in _IN_WORDS.items()},
        default="",
        return_dtype=pl.String,
    )
    pairs = {f"{c} {w}" for c, ws in _IN_WORDS.items() for w in ws}
    fits = (frame["indicator"] + " " + words).is_in(list(pairs)).fill_null(value=False)
    low, high = _bounds(frame, low=True), _bounds(frame, low=False)
    stated = frame["indicator"].is_not_null() & frame["value"].is_not_null()
    outside = (numbers < low) | (numbers > high)
    return [
        Finding("value_word", "value", stated & in_words & ~fits, {"allowed": allowed}),
        Finding("value_number", "value", stated & ~in_words & numbers.is_null()),
        Finding("range", "value", ~in_words & outside, {"low": _plain(low), "high": _plain(high)}),
    ]


def _shown(word: str) -> str:
    return code_table("reading_value").shown.get(word, word)


def _subject(frame: pl.DataFrame) -> list[Finding]:
    of_person = frame["indicator"].is_in(_OF_PERSON)
    number = frame["id_number"]
    return [
        Finding("person_needed", "id_number", of_person & number.is_null()),
        Finding("person_superfluous", "id_number", ~of_person & number.is_not_null()),
    ]


def _word_or_nothing(frame: pl.DataFrame) -> pl.Series:
    nothing = pl.repeat(None, frame.height, dtype=pl.String, eager=True)
    return _words(frame).zip_with(_in_words(frame), nothing)


_SOURCE = "coalesce(s.source, %(source)s)"
_AT = "(s.observed_on::timestamp AT TIME ZONE 'Asia/Shanghai')"

readings = Dataset(
    name="readings",
    label=_n("指标读数"),
    columns=(
        HOUSEHOLD_NUMBER,
        Column(
            "id_number",
            _n("证件号码"),
            ("证件号",),
            Kind.ID_NUMBER,
            purpose=b"registry_person.id_number",
            sealed=False,
        ),
        Column("indicator", _n("指标"), (), Kind.CODE, required=True, table=_indicator_table()),
        Column("value", _n("值"), required=True, max_length=40),
        Column("observed_on", _n("观测日期"), (), Kind.DATE, required=True),
        Column("source", _n("来源"), max_length=100),
    ),
    table="registry_reading",
    key=(
        "s.household_number",
        "coalesce(encode(s.id_number_index, 'hex'), '')",
        "s.indicator",
        "s.observed_on",
        "coalesce(s.source, '')",
    ),
    key_column="household_number",
    lookup=(
        "SELECT s.row_no, h.id AS household_id, h.place_code, t.place_code AS held_place,"
        " t.id AS target_id, p.id AS person_id, t.value_text AS held_text,"
        f" t.value_number AS held_number FROM {{stage}} s {FIND_HOUSEHOLD}"
        " LEFT JOIN registry_person p ON p.id_number_index = s.id_number_index AND p.valid"
        " AND p.household_id = h.id"
        " LEFT JOIN registry_reading t ON t.household_id = h.id"
        " AND t.person_id IS NOT DISTINCT FROM p.id AND t.indicator = s.indicator"
        f" AND t.observed_at = {_AT} AND t.source = {_SOURCE}"
        " AND (s.id_number_index IS NULL OR p.id IS NOT NULL)"
    ),
    fields=(
        *OF_HOUSEHOLD,
        Field("person_id", "r.person_id"),
        Field("indicator", "s.indicator"),
        Field("value_text", "coalesce(s.word, '')"),
        Field("value_number", "s.number::float8"),
        Field("observed_at", _AT),
        Field("source", _SOURCE),
    ),
    derived={
        "word": _word_or_nothing,
        "number": lambda frame: (
            _number(frame)
            .zip_with(
                ~_in_words(frame), pl.repeat(None, frame.height, dtype=pl.Float64, eager=True)
            )
            .cast(pl.String)
        ),
    },
    checks=(not_future("observed_on"), _values, _subject),
    rules=(
        former_household(
            further=" AND o.indicator = s.indicator AND o.observed_on = s.observed_on"
        ),
        HOUSEHOLD_UNKNOWN,
        Rule(
            "person_unknown",
            "id_number",
            "SELECT s.row_no, s.id_number_masked AS value,"
            " jsonb_build_object('number', s.household_number) AS params FROM {stage} s"
            " JOIN intake_found r ON r.row_no = s.row_no WHERE s.id_number_index IS NOT NULL"
            " AND r.household_id IS NOT NULL AND r.person_id IS NULL",
        ),
        # Nothing overwrites a fact: the same source cannot have seen two things on one day.
        Rule(
            "reading_contradicts",
            "value",
            "SELECT s.row_no, s.value, jsonb_build_object('held', coalesce(nullif(r.held_text,"
            " ''), r.held_number::text)) AS params FROM {stage} s"
            " JOIN intake_found r ON r.row_no = s.row_no WHERE r.target_id IS NOT NULL"
            " AND (r.held_text, r.held_number) IS DISTINCT FROM"
            " (coalesce(s.word, ''), s.number::float8)",
        ),
    ),
    messages={
        **MESSAGES,
        **UNDO_MESSAGES,
        "value_word": Message(_n("该指标没有这个值"), _n("填写：%(allowed)s")),
        "value_number": Message(_n("该指标的值应为数字"), _n("只填数字，不带单位")),
        "person_needed": Message(_n("该指标按人记录，缺证件号码"), _n("填写该成员的证件号码")),
        "person_superfluous": Message(_n("该指标按户记录，不应有证件号码"), _n("删去证件号码")),
        "person_unknown": Message(
            _n("户编号 %(number)s 中没有该证件号码的成员"),
            _n("核对证件号码；该成员未入库的先导入人员表（persons）"),
        ),
        "reading_contradicts": Message(
            _n("同一来源同一天已有不同读数：%(held)s"), _n("核对观测日期；读数不能改写，只能新增")
        ),
    },
    provenance=("batch_id", "changed_at"),
    source="入户走访",
    undo=UNDO_READINGS,
    wide=ABREAST,
)
