"""Dataset persons: table AB01 of the national register."""

from __future__ import annotations

import polars as pl
from django.utils.translation import gettext_noop as _n

from yimaqing.domains.registry.codetables import code_table
from yimaqing.domains.registry.loaders.following import (
    AFTER_PERSONS,
    FORESEE,
    MEMBERS_MESSAGES,
    NOTICES,
)
from yimaqing.domains.registry.loaders.merged import FIND_PERSON, FORMER_PERSON
from yimaqing.domains.registry.loaders.shared import (
    HOUSEHOLD_NUMBER,
    HOUSEHOLD_UNKNOWN,
    MESSAGES,
    OF_HOUSEHOLD,
    SOURCE,
    coded,
    not_future,
    plain,
    text,
    yes_no,
)
from yimaqing.domains.registry.loaders.undoing import (
    MESSAGES as UNDO_MESSAGES,
)
from yimaqing.domains.registry.loaders.undoing import (
    UNDO_PERSONS,
)
from yimaqing.kit.dataset import Column, Dataset, Field, Finding, Kind, Message, Rule
from yimaqing.kit.ids import pinyin_key

COLUMNS = (
    Column(
        "person_number",
        _n("人编号"),
        ("aab001",),
        pattern=r"\d{10,24}",
        example="8614112400012301",
        usual=r"86\d{12,22}",
    ),
    HOUSEHOLD_NUMBER,
    Column("name", _n("姓名"), ("aab002",), Kind.NAME, required=True, max_length=50),
    coded("sex", _n("性别"), "aab003", for_new=True),
    coded("id_kind", _n("证件类型"), "aab018"),
    Column(
        "id_number",
        _n("证件号码"),
        ("aab004", "证件号", "身份证号"),
        Kind.ID_NUMBER,
        purpose=b"registry_person.id_number",
        exempt=("id_kind", "other"),
    ),
    Column("born_on", _n("出生日期"), ("aab005", "出生年月"), Kind.DATE),
    coded("relation", _n("与户主关系"), "aab006", for_new=True),
    coded("ethnicity", _n("民族"), "aab007"),
    coded("education", _n("文化程度"), "aab008"),
    coded("student_status", _n("在校生状况"), "aab009"),
    coded("health", _n("健康状况"), "aab017"),
    coded("labour_skill", _n("劳动技能"), "aab010"),
    yes_no("resident_medical", _n("是否参加城乡居民基本医疗保险"), "aab013"),
    yes_no("employee_medical", _n("是否参加职工基本医疗保险")),
    yes_no("major_illness_insurance", _n("是否参加大病保险"), "aab022"),
    yes_no("resident_pension", _n("是否参加城乡居民基本养老保险"), "aab014"),
    yes_no("employee_pension", _n("是否参加城镇职工基本养老保险"), "aab021"),
    yes_no("minimum_living", _n("是否享受低保"), "aab030"),
    yes_no("military", _n("是否现役军人"), "aab019"),
    coded("work_area", _n("务工区域")),
    Column("work_months", _n("务工月数"), (), Kind.INTEGER, low=0, high=12),
    Column("phone", _n("联系电话"), (), Kind.PHONE, purpose=b"registry_person.phone"),
    Column("state", _n("人员状态"), ("aab015",), Kind.CODE, table=code_table("person_state")),
)

_PRESENT = "(s.state IS DISTINCT FROM 'removed')"

_HELD = (
    "SELECT s.row_no, s.id_number_masked AS value, {params} AS params FROM {{stage}} s"
    " JOIN intake_found r ON r.row_no = s.row_no WHERE r.holder_id IS NOT NULL"
    f" AND {_PRESENT} AND r.holder_id IS DISTINCT FROM r.target_id AND {{where}}"
    " AND NOT EXISTS (SELECT FROM {{stage}} x WHERE x.person_number = r.holder_number"
    " AND x.state = 'removed')"
)

RULES = (
    HOUSEHOLD_UNKNOWN,
    FORMER_PERSON,
    Rule(
        "id_in_other_household",
        "id_number",
        # Which household is said only to whoever may see it.
        _HELD.format(
            params="jsonb_build_object('household', coalesce((SELECT h.household_number"
            " FROM registry_person p JOIN registry_household h ON h.id = p.household_id"
            " WHERE p.id = r.holder_id AND %(ranges)s::place_multirange @> h.place_code), ''))",
            where="r.holder_at_home IS NOT TRUE",
        ),
    ),
    Rule(
        "id_of_other_member",
        "id_number",
        _HELD.format(
            params="jsonb_build_object('person', coalesce(r.holder_number, ''))",
            where="r.holder_at_home",
        ),
    ),
    Rule(
        "relation_unstated",
        "relation",
        "SELECT s.row_no, '' AS value, '{}'::jsonb AS params FROM {stage} s"
        " JOIN intake_found r ON r.row_no = s.row_no WHERE s.relation IS NULL"
        f" AND r.old_household_id <> r.household_id AND {_PRESENT}",
    ),
    Rule(
        "second_head",
        "relation",
        "SELECT row_no, '' AS value, jsonb_build_object('other', kept) AS params FROM ("
        "SELECT s.row_no, first_value(s.row_no) OVER (PARTITION BY s.household_number ORDER BY"
        " (r.head_id_index = s.id_number_index) DESC NULLS LAST, (r.head_name = s.name) DESC,"
        " s.row_no) AS kept FROM {stage} s JOIN intake_found r ON r.row_no = s.row_no"
        f" WHERE s.relation = 'head' AND {_PRESENT}"
        " AND s.row_no NOT IN (SELECT row_no FROM intake_rejected)) x WHERE row_no <> kept",
    ),
    Rule(
        "head_differs",
        "name",
        "SELECT s.row_no, left(s.name, 1) || '**' AS value,"
        " jsonb_build_object('number', s.household_number) AS params"
        " FROM {stage} s JOIN intake_found r ON r.row_no = s.row_no"
        f" WHERE s.relation = 'head' AND {_PRESENT} AND (r.head_name <> s.name"
        " OR r.head_id_index <> s.id_number_index)",
        warning=True,
    ),
)

_FEMALE = ["daughter", "daughter_in_law", "granddaughter", "daughters_daughter", "mother"]
_FEMALE += ["wifes_mother", "husbands_mother", "grandmother", "mothers_mother", "sister"]
_FEMALE += ["grandsons_wife"]
_MALE = ["son", "son_in_law", "grandson", "daughters_son", "father", "wifes_father"]
_MALE += ["husbands_father", "grandfather", "mothers_father", "brother"]


def _identity(frame: pl.DataFrame) -> list[Finding]:
    number, kind = frame["id_number"], frame["id_kind"].fill_null("resident_id")
    card = kind.is_in(["resident_id", "residence_permit"])
    length = number.str.len_chars()
    regular = length.is_in([18, 20, 22]) & (kind != "other")
    born = number.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    male = number.str.slice(16, 1).str.contains("[13579]")
    return [
        Finding(
            "person_key_missing", "id_number", number.is_null() & frame["person_number"].is_null()
        ),
        Finding("id_missing", "id_number", number.is_null(), warning=True),
        Finding("id_kind_length", "id_number", card & (length != 18), {"length": length}),
        Finding(
            "id_kind_length",
            "id_number",
            (kind == "disability_card") & ~length.is_in([20, 22]),
            {"length": length},
        ),
        Finding("birth_differs", "born_on", regular & (born != frame["born_on"]), {"born": born}),
        Finding(
            "sex_differs",
            "sex",
            regular & (male != (frame["sex"] == "male")),
            warning=True,
        ),
    ]


def _relation(frame: pl.DataFrame) -> list[Finding]:
    female = frame["relation"].is_in(_FEMALE) & (frame["sex"] == "male")
    male = frame["relation"].is_in(_MALE) & (frame["sex"] == "female")
    return [Finding("relation_sex", "relation", female | male, warning=True)]


def _born(frame: pl.DataFrame) -> pl.Series:
    """The birth date as stated, else as the ID number holds it."""
    regular = frame["id_number"].str.len_chars().is_in([18, 20, 22])
    held = frame["id_number"].str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    nothing = pl.repeat(None, len(held), dtype=pl.Date, eager=True)
    kept = held.zip_with(regular.fill_null(value=False), nothing)
    return frame["born_on"].zip_with(frame["born_on"].is_not_null(), kept)


persons = Dataset(
    name="persons",
    label=_n("家庭成员"),
    columns=COLUMNS,
    table="registry_person",
    key=("coalesce(s.person_number, encode(s.id_number_index, 'hex'))",),
    key_column="person_number",
    further_keys=(("id_number", f"CASE WHEN {_PRESENT} THEN s.id_number_index END"),),
    lookup=FIND_PERSON,
    fields=(
        *OF_HOUSEHOLD,
        Field("person_number", "r.person_number", "person_number", keep_blank=True),
        Field("name", "s.name", "name"),
        Field("name_pinyin", "s.name_pinyin", "name", recorded=False),
        Field("sex", "s.sex", "sex", keep_blank=True),
        Field("id_kind", "coalesce(s.id_kind, '')", "id_kind"),
        Field(
            "id_number_sealed",
            "s.id_number_sealed",
            "id_number",
            "id_number_index",
            keep_blank=True,
        ),
        Field("id_number_index", "s.id_number_index", "id_number", keep_blank=True, recorded=False),
        Field("born_on", "s.born_on", keep_blank=True),
        Field("relation", "s.relation", "relation", keep_blank=True),
        *(
            text(n)
            for n in (
                "ethnicity",
                "education",
                "student_status",
                "health",
                "labour_skill",
            )
        ),
        *(
            plain(n)
            for n in (
                "resident_medical",
                "employee_medical",
                "major_illness_insurance",
                "resident_pension",
                "employee_pension",
                "minimum_living",
                "military",
            )
        ),
        text("work_area"),
        plain("work_months"),
        Field("phone_sealed", "s.phone_sealed", "phone", "phone_index", keep_blank=True),
        Field("phone_index", "s.phone_index", "phone", keep_blank=True, recorded=False),
        # A former number that was signed off at the source takes nobody out.
        Field("valid", f"({_PRESENT} OR r.former)", "state"),
    ),
    derived={
        "name_pinyin": lambda frame: frame["name"].map_elements(pinyin_key, pl.String),
        "born_on": _born,
    },
    checks=(not_future("born_on"), _identity, _relation),
    rules=RULES,
    after=AFTER_PERSONS,
    notices=NOTICES,
    foresee=FORESEE,
    messages={
        **MESSAGES,
        **MEMBERS_MESSAGES,
        **UNDO_MESSAGES,
        "id_in_other_household": Message(
            _n("该证件号码已登记在另一户（%(household)s）"),
            _n("核对号码；确已迁户的，在原户把该人改为自然减少，或用同一人编号导入新户编号"),
        ),
        "id_of_other_member": Message(
            _n("该证件号码已登记为本户另一成员（人编号 %(person)s）"), _n("核对号码与人编号")
        ),
        "relation_unstated": Message(
            _n("该人登记在另一户，迁入本户要写明与本户户主的关系"),
            _n("填写与户主关系；没有迁户的，核对户编号"),
        ),
        "second_head": Message(
            _n("一户只能有一个户主，第 %(other)s 行已是户主"), _n("改正本行与户主关系")
        ),
        "head_differs": Message(
            _n("户主姓名或证件号与户表不一致（户编号 %(number)s）"), _n("核实后改正户表或人员表")
        ),
        "person_key_missing": Message(
            _n("人编号与证件号码都没有填"), _n("至少填写一项，否则无法认出是谁")
        ),
        "id_missing": Message(_n("没有证件号码"), _n("新生儿等确无证件的可暂缺，办证后补填")),
        "id_kind_length": Message(
            _n("证件号码有 %(length)s 位，与证件类型不符"),
            _n("居民身份证 18 位，残疾人证 20 或 22 位"),
        ),
        "birth_differs": Message(
            _n("出生日期与证件号码中的 %(born)s 不一致"), _n("对照证件原件改正其中一项")
        ),
        "sex_differs": Message(_n("性别与证件号码第 17 位不一致"), _n("对照证件原件核实")),
        "relation_sex": Message(_n("与户主关系和性别不相符"), _n("核实关系或性别")),
    },
    source=SOURCE,
    undo=UNDO_PERSONS,
    elsewhere=(
        (
            "残疾类别与等级随残联的持证残疾人名单；人员表 AB01 只在健康状况中写“残疾”。",
            (
                "Kind and grade of a disability come with the disability federation's list of card"
                " holders; table AB01 says only 残疾 under 健康状况."
            ),
        ),
    ),
)
