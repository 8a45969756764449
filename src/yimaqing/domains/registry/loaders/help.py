"""Datasets measures, payments and pairings: what a household got, and who helps it."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _n

from yimaqing.domains.registry.loaders.merged import FIND_HOUSEHOLD, former_household
from yimaqing.domains.registry.loaders.shared import (
    HOUSEHOLD_NUMBER,
    HOUSEHOLD_UNKNOWN,
    MESSAGES,
    OF_HOUSEHOLD,
    SOURCE,
    YEAR,
    coded,
    history,
    in_order,
    not_future,
    plain,
    text,
    year_not_future,
)
from yimaqing.domains.registry.loaders.undoing import (
    MESSAGES as UNDO_MESSAGES,
)
from yimaqing.domains.registry.loaders.undoing import (
    UNDO_MEASURES,
    UNDO_PAIRINGS,
    UNDO_PAYMENTS,
)
from yimaqing.kit.dataset import Column, Dataset, Field, Kind, Message, Rule

_NUMBER = r"[0-9A-Za-z_./-]{1,60}"
#: In place of a number that a sheet lacks: one made of what the row says.
_EACH_ITS_OWN = "{row}"


def _by_number(table: str, column: str) -> str:
    return (
        "SELECT s.row_no, h.id AS household_id, h.place_code, t.place_code AS held_place,"
        f" t.id AS target_id FROM {{stage}} s {FIND_HOUSEHOLD}"
        f" LEFT JOIN {table} t ON t.{column} = s.{column}"
    )


measures = Dataset(
    name="measures",
    label=_n("帮扶措施"),
    columns=(
        HOUSEHOLD_NUMBER,
        YEAR,
        coded("measure_group", _n("帮扶类别"), required=True),
        Column("name", _n("措施名称"), required=True),
        Column("starts_on", _n("开始日期"), (), Kind.DATE),
        Column("ends_on", _n("结束日期"), (), Kind.DATE),
        Column("responsible_unit", _n("责任单位")),
        Column("note", _n("说明"), max_length=2000),
        Column(
            "number",
            _n("措施编号"),
            required=True,
            pattern=_NUMBER,
            example="CS2026000001",
            otherwise=_EACH_ITS_OWN,
        ),
    ),
    table="registry_measure",
    key=("s.number",),
    key_column="number",
    lookup=_by_number("registry_measure", "number"),
    fields=(
        *OF_HOUSEHOLD,
        Field("number", "s.number"),
        plain("year"),
        plain("measure_group"),
        plain("name"),
        plain("starts_on"),
        plain("ends_on"),
        text("responsible_unit"),
        text("note"),
    ),
    checks=(year_not_future, in_order("starts_on", "ends_on")),
    rules=(HOUSEHOLD_UNKNOWN,),
    after=(history("measure"),),
    messages={**MESSAGES, **UNDO_MESSAGES},
    source=SOURCE,
    undo=UNDO_MEASURES,
)

payments = Dataset(
    name="payments",
    label=_n("资金发放"),
    columns=(
        HOUSEHOLD_NUMBER,
        Column(
            "payee",
            _n("领取人证件号"),
            ("领取人证件号码",),
            Kind.ID_NUMBER,
            purpose=b"registry_person.id_number",
            sealed=False,
        ),
        Column("fund", _n("资金名称"), required=True),
        Column("paid_on", _n("发放日期"), (), Kind.DATE, required=True),
        Column("amount", _n("金额"), (), Kind.MONEY, required=True, low=0.01, high=100_000_000),
        Column("channel", _n("发放渠道")),
        Column(
            "serial",
            _n("流水号"),
            required=True,
            pattern=_NUMBER,
            example="YS2026000000001",
            otherwise=_EACH_ITS_OWN,
        ),
    ),
    table="registry_payment",
    key=("s.serial",),
    key_column="serial",
    lookup=(
        "SELECT s.row_no, h.id AS household_id, h.place_code, t.place_code AS held_place,"
        " t.id AS target_id, p.id AS payee_id, p.household_id AS payee_household"
        f" FROM {{stage}} s {FIND_HOUSEHOLD}"
        " LEFT JOIN registry_payment t ON t.serial = s.serial"
        " LEFT JOIN registry_person p ON p.id_number_index = s.payee_index AND p.valid"
    ),
    fields=(
        *OF_HOUSEHOLD,
        Field("serial", "s.serial"),
        Field(
            "person_id", "CASE WHEN r.payee_household = r.household_id THEN r.payee_id END", "payee"
        ),
        plain("fund"),
        plain("paid_on"),
        Field("amount_fen", "s.amount", "amount"),
        text("channel"),
    ),
    checks=(not_future("paid_on"),),
    rules=(
        HOUSEHOLD_UNKNOWN,
        Rule(
            "payee_not_member",
            "payee",
            "SELECT s.row_no, s.payee_masked AS value,"
            " jsonb_build_object('number', s.household_number) AS params FROM {stage} s"
            " JOIN intake_found r ON r.row_no = s.row_no WHERE s.payee_index IS NOT NULL"
            " AND r.payee_household IS DISTINCT FROM r.household_id",
            warning=True,
        ),
    ),
    after=(history("payment"),),
    messages={
        **MESSAGES,
        **UNDO_MESSAGES,
        "payee_not_member": Message(
            _n("领取人不是户编号 %(number)s 的成员"), _n("已记到户；核实领取人证件号")
        ),
    },
    source=SOURCE,
    undo=UNDO_PAYMENTS,
)

pairings = Dataset(
    name="pairings",
    label=_n("结对帮扶"),
    columns=(
        HOUSEHOLD_NUMBER,
        Column("helper_name", _n("帮扶干部姓名"), ("aab002",), Kind.NAME, required=True),
        Column("unit", _n("单位"), ("aap001",)),
        Column("post", _n("职务"), ("aaf031",)),
        Column(
            "office_phone",
            _n("办公电话"),
            pattern=r"[0-9() -]{7,20}",
            example="0358-8222222",
        ),
        Column("starts_on", _n("开始日期"), ("aar020",), Kind.DATE, required=True),
        Column("ends_on", _n("结束日期"), ("aar021",), Kind.DATE),
        Column(
            "rank", _n("帮扶次序"), (), Kind.INTEGER, required=True, low=1, high=2, otherwise="1"
        ),
        Column("username", _n("登录名"), max_length=60),
    ),
    table="registry_pairing",
    key=("s.household_number", "s.rank", "s.starts_on"),
    key_column="household_number",
    lookup=(
        "SELECT s.row_no, h.id AS household_id, h.place_code, t.place_code AS held_place,"
        f" t.id AS target_id, u.id AS user_id FROM {{stage}} s {FIND_HOUSEHOLD}"
        " LEFT JOIN registry_pairing t ON t.household_id = h.id AND t.rank = s.rank"
        " AND t.starts_on = s.starts_on LEFT JOIN accounts_user u ON u.username = s.username"
    ),
    fields=(
        *OF_HOUSEHOLD,
        plain("helper_name"),
        text("unit"),
        text("post"),
        text("office_phone"),
        Field("user_id", "r.user_id", "username"),
        Field("rank", "s.rank"),
        Field("starts_on", "s.starts_on"),
        plain("ends_on"),
    ),
    checks=(in_order("starts_on", "ends_on"),),
    rules=(
        former_household(further=" AND o.rank = s.rank AND o.starts_on = s.starts_on"),
        HOUSEHOLD_UNKNOWN,
        Rule(
            "username_unknown",
            "username",
            "SELECT s.row_no, s.username AS value,"
            " jsonb_build_object('username', s.username) AS params FROM {stage} s"
            " JOIN intake_found r ON r.row_no = s.row_no"
            " WHERE s.username IS NOT NULL AND r.user_id IS NULL",
            warning=True,
        ),
    ),
    after=(history("pairing"),),
    messages={
        **MESSAGES,
        **UNDO_MESSAGES,
        "username_unknown": Message(
            _n("没有登录名 %(username)s"), _n("结对已入库；建账号后重新导入即可关联")
        ),
    },
    source=SOURCE,
    undo=UNDO_PAIRINGS,
    elsewhere=(
        (
            (
                "帮扶干部的政治面貌、学历、特长随干部表 AK11，每名干部一行；"
                "结对表 AC08 每户一行，不重复填写。"
            ),
            (
                "A helper's political affiliation, schooling and special skills come with the"
                " helpers' own table AK11, one row a helper; pairings (AC08) are one row a"
                " household and do not repeat them."
            ),
        ),
    ),
)
