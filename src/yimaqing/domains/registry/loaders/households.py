"""Dataset households: table AC01 of the national register."""

from __future__ import annotations

import polars as pl
from django.utils.translation import gettext_noop as _n

from yimaqing.domains.places.queries import CODE_MESSAGES, CODE_RULES, VILLAGE_BY_NAME
from yimaqing.domains.registry.codetables import code_table
from yimaqing.domains.registry.loaders.following import (
    AFTER_HOUSEHOLDS,
    DECLARED,
    HOUSEHOLD_NOTICES,
    MEMBERS_MESSAGES,
)
from yimaqing.domains.registry.loaders.merged import FIND_HOUSEHOLD, former_household
from yimaqing.domains.registry.loaders.shared import (
    HOUSEHOLD_NUMBER,
    MESSAGES,
    SOURCE,
    coded,
    plain,
    text,
    yes_no,
)
from yimaqing.domains.registry.loaders.undoing import (
    MESSAGES as UNDO_MESSAGES,
)
from yimaqing.domains.registry.loaders.undoing import (
    UNDO_HOUSEHOLDS,
)
from yimaqing.kit.dataset import Column, Dataset, Field, Finding, Kind, Message, Rule
from yimaqing.kit.ids import pinyin_key

COLUMNS = (
    HOUSEHOLD_NUMBER,
    Column(
        "place_code",
        _n("村编号"),
        ("aad001",),
        Kind.PLACE,
        for_new=True,
        example="141124104201",
        finders=(VILLAGE_BY_NAME,),
    ),
    Column("team", _n("组"), ("aar007", "村民小组"), max_length=40),
    Column("head_name", _n("户主姓名"), ("aar029",), Kind.NAME, required=True, max_length=50),
    Column(
        "head_id_number",
        _n("户主证件号"),
        ("aar031", "户主证件号码"),
        Kind.ID_NUMBER,
        purpose=b"registry_person.id_number",
        sealed=False,
    ),
    Column("phone", _n("联系电话"), ("aar012",), Kind.PHONE, purpose=b"registry_household.phone"),
    Column("bank_name", _n("开户银行"), ("aaq002",), max_length=100),
    Column(
        "bank_account",
        _n("银行账号"),
        ("aac004",),
        Kind.ACCOUNT,
        purpose=b"registry_household.bank_account",
    ),
    coded("register_class", _n("登记类别"), for_new=True),
    coded("standard", _n("识别标准"), "aac005"),
    coded("attribute", _n("贫困户属性"), "aac006"),
    coded("poverty_status", _n("脱贫状态"), "aar010"),
    coded("monitored_group", _n("监测对象类型"), table="group"),
    coded("main_cause", _n("主要致贫原因"), "aac007", table="cause"),
    Column(
        "other_causes",
        _n("其他致贫原因"),
        ("aac008",),
        Kind.CODES,
        table=code_table("cause"),
        most=2,
    ),
    coded("return_cause", _n("返贫原因"), "aac009", table="cause"),
    yes_no("military_family", _n("军烈属"), "aac012"),
    yes_no("only_child_family", _n("独生子女户"), "aac013"),
    yes_no("two_daughter_family", _n("双女户"), "aac014"),
    Column(
        "member_count",
        _n("家庭人口数"),
        ("aac017",),
        Kind.INTEGER,
        for_new=True,
        low=1,
        high=30,
    ),
    Column("recognised_year", _n("识别年度"), ("aar041",), Kind.INTEGER, low=2013, high=2100),
    Column("exit_year", _n("脱贫年度"), ("aac023",), Kind.INTEGER, low=2013, high=2100),
    Column("address", _n("住址"), ("家庭住址",), personal=True),
    yes_no("valid", _n("有效标志"), "aar100"),
)


LOOKUP = (
    # A merged household stays where the one that was kept is, under the number that was kept.
    "SELECT s.row_no, t.id AS target_id, t.place_code AS held_place, mh.id IS NOT NULL AS former,"
    # A household stays where it is, too, while the sheet does not say where.
    " CASE WHEN mh.id IS NULL THEN coalesce(s.place_code, t.place_code) ELSE t.place_code END"
    " AS place_code,"
    " coalesce(mh.kept_number, s.household_number) AS household_number,"
    " (s.place_code IS NULL OR p.code IS NOT NULL) AS known,"
    " p.level AS place_level, p.valid_to AS place_valid_to"
    f" FROM {{stage}} s {FIND_HOUSEHOLD.replace(' h ', ' t ').replace(' h.', ' t.')}"
    " LEFT JOIN places_place p ON p.code = s.place_code"
)

RULES = (
    *CODE_RULES,
    former_household("target_id"),
    Rule(
        "place_not_village",
        "place_code",
        "SELECT r.row_no, r.place_code AS value, jsonb_build_object('place', r.place_code)"
        " AS params FROM intake_found r WHERE r.place_level < 5",
    ),
    # Nobody heads two households: told here, because the persons' sheet will refuse the second.
    Rule(
        "head_elsewhere",
        "head_id_number",
        "SELECT row_no, '' AS value, '{}'::jsonb AS params FROM ("
        "SELECT s.row_no FROM {stage} s"
        " JOIN registry_person p ON p.id_number_index = s.head_id_number_index AND p.valid"
        " JOIN registry_household h ON h.id = p.household_id AND h.valid"
        " WHERE h.household_number <> s.household_number AND s.valid IS DISTINCT FROM false"
        " UNION SELECT s.row_no FROM {stage} s"
        " JOIN registry_household h ON h.head_id_index = s.head_id_number_index AND h.valid"
        " WHERE h.household_number <> s.household_number AND s.valid IS DISTINCT FROM false) x",
        warning=True,
    ),
    Rule(
        "head_repeated",
        "head_id_number",
        "SELECT row_no, '' AS value, jsonb_build_object('other', first) AS params FROM ("
        "SELECT row_no, first_value(row_no) OVER (PARTITION BY head_id_number_index"
        " ORDER BY row_no) AS first FROM {stage} WHERE head_id_number_index IS NOT NULL"
        " AND valid IS DISTINCT FROM false) x WHERE row_no <> first",
        warning=True,
    ),
)


def _years(frame: pl.DataFrame) -> list[Finding]:
    current = frame["as_of"].dt.year().cast(pl.Int64)
    recognised, left = frame["recognised_year"], frame["exit_year"]
    return [
        Finding("future_year", "recognised_year", recognised > current, {"year": current}),
        Finding("future_year", "exit_year", left > current, {"year": current}),
        Finding("exit_before_recognition", "exit_year", left < recognised, {"year": recognised}),
    ]


def _causes(frame: pl.DataFrame) -> list[Finding]:
    archived = frame["register_class"] == "archived"
    main = frame["main_cause"]
    among = frame.select(
        (pl.lit(",") + pl.col("other_causes").str.strip_chars("{}") + ",").str.contains(
            "," + pl.col("main_cause") + ",", literal=True
        )
    ).to_series()
    return [
        Finding("cause_missing", "main_cause", archived & main.is_null(), warning=True),
        Finding("cause_repeated", "other_causes", among),
    ]


households = Dataset(
    name="households",
    label=_n("户"),
    columns=COLUMNS,
    table="registry_household",
    key=("s.household_number",),
    key_column="household_number",
    lookup=LOOKUP,
    fields=(
        Field("place_code", "r.place_code", "place_code"),
        Field("household_number", "r.household_number"),
        Field("register_class", "s.register_class", "register_class", keep_blank=True),
        # "group" is a reserved word of SQL.
        Field('"group"', "coalesce(s.monitored_group, '')", "monitored_group"),
        *(text(n) for n in ("poverty_status", "attribute", "standard", "main_cause")),
        Field("other_causes", "coalesce(s.other_causes, '{}')", "other_causes"),
        *(text(n) for n in ("return_cause", "team")),
        Field("head_name", "s.head_name", "head_name"),
        Field("head_pinyin", "s.head_pinyin", "head_name", recorded=False),
        Field(
            "head_id_index",
            "s.head_id_number_index",
            "head_id_number",
            keep_blank=True,
            recorded=False,
        ),
        Field("phone_sealed", "s.phone_sealed", "phone", "phone_index", keep_blank=True),
        Field("phone_index", "s.phone_index", "phone", keep_blank=True, recorded=False),
        text("bank_name"),
        Field(
            "bank_account_sealed",
            "s.bank_account_sealed",
            "bank_account",
            "bank_account_index",
            keep_blank=True,
        ),
        Field(
            "bank_account_index",
            "s.bank_account_index",
            "bank_account",
            keep_blank=True,
            recorded=False,
        ),
        Field("member_count", "s.member_count", "member_count", keep_blank=True),
        *(plain(n) for n in ("recognised_year", "exit_year")),
        text("address"),
        *(plain(n) for n in ("military_family", "only_child_family", "two_daughter_family")),
        Field("valid", "(coalesce(s.valid, true) OR r.former)", "valid"),
    ),
    derived={"head_pinyin": lambda frame: frame["head_name"].map_elements(pinyin_key, pl.String)},
    checks=(_years, _causes),
    rules=RULES,
    after=AFTER_HOUSEHOLDS,
    notices=HOUSEHOLD_NOTICES,
    foresee=(DECLARED,),
    messages={
        **MESSAGES,
        **MEMBERS_MESSAGES,
        **UNDO_MESSAGES,
        **CODE_MESSAGES,
        "place_unknown": Message(
            _n("村编号 %(place)s 不在区划表中"),
            _n("核对 12 位统计用区划代码；新设的村先更新区划表"),
        ),
        "place_not_village": Message(
            _n("%(place)s 不是村级代码"), _n("填写村（社区）的 12 位代码")
        ),
        "head_elsewhere": Message(
            _n("户主证件号已登记在另一户"), _n("核实是分户、迁入还是填错；人员表中一人只能在一户")
        ),
        "head_repeated": Message(
            _n("户主证件号与第 %(other)s 行相同"), _n("一人只能做一户的户主：核对两行")
        ),
        "exit_before_recognition": Message(_n("脱贫年度早于识别年度 %(year)s"), _n("核对两个年度")),
        "cause_missing": Message(_n("建档立卡户没有主要致贫原因"), _n("入户核实后补填")),
        "cause_repeated": Message(
            _n("其他致贫原因与主要致贫原因重复"), _n("删去其他致贫原因中重复的一项")
        ),
    },
    source=SOURCE,
    undo=UNDO_HOUSEHOLDS,
    elsewhere=(
        (
            (
                "致贫、返贫风险（2021年起，至多五项）随监测对象名单"
                "（识别风险、消除风险的时间同在该名单），不在户表 AC01。"
            ),
            (
                "Risks of poverty (from 2021, up to five) come with the list of monitored"
                " households, which also says when a risk was found and ended; table AC01 has none."
            ),
        ),
    ),
)
