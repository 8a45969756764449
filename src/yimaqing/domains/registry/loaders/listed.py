"""Datasets of departments' lists: rows about people, often without their identity number."""

from __future__ import annotations

import polars as pl
from django.utils.translation import gettext_noop as _n

from yimaqing.domains.places.queries import CODE_MESSAGES, CODE_RULES, VILLAGE_BY_NAME
from yimaqing.domains.registry.loaders.shared import MESSAGES, coded, not_future
from yimaqing.domains.registry.loaders.undoing import MESSAGES as UNDO_MESSAGES
from yimaqing.domains.registry.loaders.undoing import UNDO_LISTED
from yimaqing.kit.dataset import Column, Dataset, Field, Finding, Kind, Message, Rule

#: What a year's own payments in one county may be; more is a unit mistaken.
_MOST_YUAN = 2_000_000


def _born_later(frame: pl.DataFrame) -> list[Finding]:
    return [Finding("born_after_count", "born_on", frame["born_on"] > frame["counted_until"])]


medical_bills = Dataset(
    name="medical_bills",
    label=_n("医保自付"),
    columns=(
        Column(
            "serial",
            _n("流水号"),
            ("医保个人编号", "结算流水号", "结算单号"),
            required=True,
            pattern=r"[0-9A-Za-z-]{4,40}",
            example="YB20260000001",
        ),
        Column("name", _n("姓名"), ("患者姓名", "参保人姓名"), Kind.NAME, required=True),
        Column(
            "id_number",
            _n("证件号码"),
            ("证件号", "身份证号"),
            Kind.ID_NUMBER,
            purpose=b"registry_person.id_number",
            sealed=False,
        ),
        coded("sex", _n("性别")),
        Column("born_on", _n("出生日期"), ("出生年月",), Kind.DATE, personal=True),
        Column(
            "place_code",
            _n("村编号"),
            ("参保地编号", "地点编号"),
            Kind.PLACE,
            required=True,
            example="141124104201",
            finders=(VILLAGE_BY_NAME,),
        ),
        Column("counted_until", _n("统计截止日期"), ("截止日期",), Kind.DATE, required=True),
        Column(
            "amount",
            _n("个人自付金额"),
            ("自付金额", "个人负担金额", "合规自付金额"),
            Kind.MONEY,
            required=True,
            low=0,
            high=_MOST_YUAN,
        ),
    ),
    table="registry_listedperson",
    key=("s.serial", "s.counted_until"),
    key_column="serial",
    lookup=(
        "SELECT s.row_no, t.id AS target_id, coalesce(t.place_code, s.place_code) AS place_code,"
        " t.place_code AS held_place, t.batch_id AS first_batch, t.numbered_id AS held_numbered,"
        " p.id AS numbered_id, c.code IS NOT NULL AS known, c.level AS place_level,"
        " c.valid_to AS place_valid_to FROM {stage} s"
        " LEFT JOIN registry_listedperson t ON t.list_name = 'medical_bills'"
        " AND t.serial = s.serial AND t.counted_until = s.counted_until"
        " LEFT JOIN registry_person p ON p.id_number_index = s.id_number_index AND p.valid"
        " LEFT JOIN places_place c ON c.code = coalesce(t.place_code, s.place_code)"
    ),
    fields=(
        Field("list_name", "'medical_bills'", recorded=False),
        Field("serial", "s.serial"),
        Field("counted_until", "s.counted_until"),
        Field("place_code", "r.place_code"),
        Field("numbered_id", "coalesce(r.held_numbered, r.numbered_id)", recorded=False),
        Field("name", "s.name", "name"),
        Field("sex", "coalesce(s.sex, '')", "sex"),
        Field("born_on", "s.born_on", "born_on"),
        Field("amount_fen", "s.amount", "amount"),
        # The batch that brought the row: an undo takes back what it brought.
        Field("batch_id", "coalesce(r.first_batch, %(batch)s)", recorded=False),
    ),
    checks=(not_future("counted_until"), _born_later),
    rules=(
        *CODE_RULES,
        Rule(
            "place_too_high",
            "place_code",
            "SELECT r.row_no, r.place_code AS value, jsonb_build_object('place', r.place_code)"
            " AS params FROM intake_found r WHERE r.place_level < 3",
        ),
    ),
    messages={
        **MESSAGES,
        **UNDO_MESSAGES,
        **CODE_MESSAGES,
        "place_unknown": Message(
            _n("村编号 %(place)s 不在区划表中"),
            _n("核对 12 位统计用区划代码；新设的村先更新区划表"),
        ),
        "place_too_high": Message(
            _n("%(place)s 不是县、乡镇或村的代码"), _n("填写 12 位代码，至少到县")
        ),
        "born_after_count": Message(_n("出生日期晚于统计截止日期"), _n("核对两个日期")),
        "undo_decided": Message(_n("已有人核对过这一行"), _n("该行和核对结论保留，不影响户的登记")),
    },
    provenance=("source", "changed_at"),
    source="医保部门",
    undo=UNDO_LISTED,
)
