"""Datasets of departments' lists, made from their declarations (registry/departments).

Rows are about people, often without their identity number, or about villages. A row that has no
number of the department's is known by what it says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop as _n

from yimaqing.domains.places.queries import CODE_MESSAGES, CODE_RULES, VILLAGE_BY_NAME
from yimaqing.domains.registry.departments.declared import LISTS
from yimaqing.domains.registry.departments.kinds import DepartmentList
from yimaqing.domains.registry.departments.rules import EVENT, UNITS, rhythms
from yimaqing.domains.registry.loaders.relinking import RELINK
from yimaqing.domains.registry.loaders.serials import SERIAL, SERIAL_MESSAGES, not_personal
from yimaqing.domains.registry.loaders.shared import MESSAGES, coded, not_future
from yimaqing.domains.registry.loaders.undoing import MESSAGES as UNDO_MESSAGES
from yimaqing.domains.registry.loaders.undoing import UNDO_LISTED
from yimaqing.kit.dataset import Column, Dataset, Field, Finding, Kind, Message, Rule

if TYPE_CHECKING:
    import polars as pl

#: A list of at least so many amounts, none of which reaches so many fen, is not in yuan.
_SEVERAL, _LEAST_FEN = 5, 5_000

_PERSON = (
    Column("name", _n("姓名"), (), Kind.NAME, required=True),
    Column(
        "id_number",
        _n("证件号码"),
        ("证件号", "身份证号"),
        Kind.ID_NUMBER,
        purpose=b"registry_person.id_number",
        sealed=False,
    ),
    coded("sex", _n("性别")),
    Column("born_on", _n("出生日期"), (), Kind.DATE, personal=True),
)
_WHERE_AND_WHEN = (
    Column(
        "place_code",
        _n("村编号"),
        ("地点编号",),
        Kind.PLACE,
        required=True,
        example="141124104201",
        finders=(VILLAGE_BY_NAME,),
    ),
    Column("counted_until", _n("统计截止日期"), (), Kind.DATE, required=True, otherwise="{as_of}"),
)
#: What people's own sheets call them: suggestions only, so that they name nothing elsewhere.
_SPOKEN = {
    "born_on": ("出生年月",),
    "place_code": ("参保地编号",),
    "counted_until": ("截止日期", "数据截止日期"),
}
_MESSAGES = {
    **MESSAGES,
    **UNDO_MESSAGES,
    **CODE_MESSAGES,
    **SERIAL_MESSAGES,
    "place_unknown": Message(
        _n("村编号 %(place)s 不在区划表中"),
        _n("核对 12 位统计用区划代码；新设的村先更新区划表"),
    ),
    "place_too_high": Message(
        _n("%(place)s 不是县、乡镇或村的代码"), _n("填写 12 位代码，至少到县")
    ),
    "place_no_village": Message(_n("%(place)s 不是村的代码"), _n("填写受影响的村的 12 位代码")),
    "born_after_count": Message(_n("出生日期晚于统计截止日期"), _n("核对两个日期")),
    "fact_after_count": Message(_n("该日期晚于统计截止日期"), _n("核对两个日期")),
    "period_mixed": Message(
        _n("一份名单只能是一期，这份有 %(first)s 到 %(last)s 的行，整份没有入库"),
        _n("按期拆成几份，再分别导入"),
    ),
    "period_twice": Message(
        _n("本期名单已收到，统计截止日期是 %(held)s（批次 %(batch)s），整份没有入库"),
        _n("补充或更正：截止日期照旧再导入；要整份更换：先撤销批次 %(batch)s"),
    ),
    "period_behind": Message(
        _n("已收到统计到 %(newest)s 的名单，这份更早"),
        _n("补报可以不管；若是截止日期写错，撤销本批次，改正后再导入"),
    ),
    "unit_doubt": Message(
        _n("最大的金额只有 %(most)s 元，像是以万元为单位，整份没有入库"),
        _n("把列名改为“%(label)s（万元）”再导入，系统会换算"),
    ),
    "person_elsewhere": Message(
        _n("证件号码的持有人登记在您负责的范围以外"),
        _n("请由其所在地的部门报送，或请上一级导入"),
    ),
    "undo_decided": Message(_n("已有人核对过这一行"), _n("该行和核对结论保留，不影响户的登记")),
    "undo_acted": Message(
        _n("已有人按这一行去办理"), _n("该行和办理记录保留；请告诉办理人名单有误")
    ),
}


def dataset_of(one: DepartmentList) -> Dataset:
    """The dataset by which a list comes in."""
    facts = tuple(replace(fact, synonyms=()) for fact in one.facts)
    amount = _amount(one)
    serial = _serial(one)
    return Dataset(
        name=one.name,
        label=one.label,
        columns=(SERIAL, *(() if one.of_places else _PERSON), *_WHERE_AND_WHEN, *facts, *amount),
        table="registry_listedperson",
        key=(serial, "s.counted_until"),
        key_column="place_code" if one.of_places else "serial",
        lookup=_lookup(one, serial),
        fields=_fields(one, serial),
        checks=(not_future("counted_until"), not_personal, *_checks(one)),
        rules=(*CODE_RULES, *_rules(one)),
        after=() if one.of_places else RELINK,
        messages=_MESSAGES,
        provenance=("source", "changed_at"),
        source=one.sender,
        undo=UNDO_LISTED,
        guessed_whole=True,
    )


def headings_of(one: DepartmentList, others: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What people's own sheets call the list's columns; ``others``: more such words."""
    found = {name: list(said) for name, said in _SPOKEN.items()}
    found |= {fact.name: list(fact.synonyms) for fact in one.facts}
    found |= {"serial": list(one.numbers), "amount": list(one.amounts)}
    found |= {} if one.of_places else {"name": list(one.person)}
    return {name: [*said, *others.get(name, ())] for name, said in found.items()}


def _amount(one: DepartmentList) -> tuple[Column, ...]:
    if not one.amount:
        return ()
    return (Column("amount", one.amount, (), Kind.MONEY, required=True, low=0, high=one.most_yuan),)


def _serial(one: DepartmentList) -> str:
    """The department's number of the row; without one, a digest of what makes it this row."""
    who = () if one.of_places else ("s.name", "s.sex", "s.born_on")
    said = ", ".join(("'|'", *who, "s.place_code", *(f"s.{name}" for name in one.distinct)))
    return f"coalesce(s.serial, 'N' || md5(concat_ws({said})))"


def _lookup(one: DepartmentList, serial: str) -> str:
    numbered = (
        "NULL::bigint AS numbered_id, NULL::text AS person_place"
        if one.of_places
        else "p.id AS numbered_id, p.place_code AS person_place"
    )
    person = (
        ""
        if one.of_places
        else " LEFT JOIN registry_person p ON p.id_number_index = s.id_number_index AND p.valid"
    )
    return (
        "SELECT s.row_no, t.id AS target_id, coalesce(t.place_code, s.place_code) AS place_code,"
        " t.place_code AS held_place, t.batch_id AS first_batch, t.numbered_id AS held_numbered,"
        " t.told_place AS held_told,"
        f" {numbered}, c.code IS NOT NULL AS known, c.level AS place_level,"
        " c.valid_to AS place_valid_to FROM {stage} s"
        f" LEFT JOIN registry_listedperson t ON t.list_name = '{one.name}'"
        f" AND t.serial = {serial} AND t.counted_until = s.counted_until{person}"
        " LEFT JOIN places_place c ON c.code = coalesce(t.place_code, s.place_code)"
    )


def _fields(one: DepartmentList, serial: str) -> tuple[Field, ...]:
    said = ", ".join(f"'{fact.name}', s.{fact.name}" for fact in one.facts)
    facts = f"jsonb_strip_nulls(jsonb_build_object({said}))" if said else "'{}'::jsonb"
    who: tuple[Field, ...] = tuple(
        Field(name, value, recorded=False)
        for name, value in (("name", "''"), ("sex", "''"), ("state", "'matched'"))
    )
    if not one.of_places:
        who = (
            Field("numbered_id", "coalesce(r.numbered_id, r.held_numbered)", recorded=False),
            Field("name", "s.name", "name"),
            Field("sex", "coalesce(s.sex, '')", "sex"),
            Field("born_on", "s.born_on", "born_on"),
        )
    return (
        Field("list_name", f"'{one.name}'", recorded=False),
        Field("serial", serial),
        Field("counted_until", "s.counted_until"),
        Field("place_code", "r.place_code"),
        Field("told_place", "s.place_code", recorded=False),
        *who,
        *((Field("amount_fen", "s.amount", "amount"),) if one.amount else ()),
        Field("facts", facts),
        # The batch that brought the row: an undo takes back what it brought.
        Field("batch_id", "coalesce(r.first_batch, %(batch)s)", recorded=False),
    )


def _checks(one: DepartmentList) -> tuple:  # type: ignore[type-arg]
    days = [fact.name for fact in one.facts if fact.kind is Kind.DATE]

    def in_order(frame: pl.DataFrame) -> list[Finding]:
        until = frame["counted_until"]
        found = [Finding("fact_after_count", day, frame[day] > until) for day in days]
        if not one.of_places:
            found.append(Finding("born_after_count", "born_on", frame["born_on"] > until))
        return found

    return (in_order,)


def _rules(one: DepartmentList) -> tuple[Rule, ...]:
    rules = [_LEVEL_OF_VILLAGE if one.of_places else _LEVEL]
    if not one.of_places:
        rules.append(_ELSEWHERE)
    every = rhythms()[one.name].every
    if every != EVENT:
        rules += _of_periods(one.name, UNITS[every])
    if one.amount:
        rules.append(_unit(one.amount))
    return tuple(rules)


def _level(code: str, where: str) -> Rule:
    return Rule(
        code,
        "place_code",
        "SELECT r.row_no, r.place_code AS value, jsonb_build_object('place', r.place_code)"
        f" AS params FROM intake_found r WHERE {where}",
    )


_LEVEL = _level("place_too_high", "r.place_level < 3")
_LEVEL_OF_VILLAGE = _level("place_no_village", "r.known AND r.place_level <> 5")
_ELSEWHERE = Rule(
    "person_elsewhere",
    "id_number",
    "SELECT s.row_no, s.id_number_masked AS value, '{}'::jsonb AS params FROM {stage} s"
    " JOIN intake_found r ON r.row_no = s.row_no WHERE r.person_place IS NOT NULL"
    " AND NOT %(ranges)s::place_multirange @> r.person_place",
)
_COUNTY = "left({}, 6)"


def _of_periods(name: str, unit: str) -> list[Rule]:
    """One period a list; each once, or again under the same day; an older one is told."""
    first, last = f"date_trunc('{unit}', min(s.counted_until))", "max(s.counted_until)"
    told = (
        f"SELECT min(s.counted_until) AS first, {last} AS last,"
        f" {first} <> date_trunc('{unit}', {last}) AS mixed FROM {{stage}} s"
    )
    here = f"SELECT DISTINCT {_COUNTY.format('s.place_code')} FROM {{stage}} s"
    # What stayed of a batch that was taken back is no list that has come.
    held = (
        "SELECT DISTINCT ON (day) t.counted_until AS day, t.batch_id FROM registry_listedperson t"
        f" WHERE t.list_name = '{name}' AND {_COUNTY.format('t.told_place')} IN ({here})"
        " AND t.batch_id NOT IN (SELECT batch_id FROM intake_undo WHERE state = 'undone')"
    )
    return [
        Rule(
            "period_mixed",
            "counted_until",
            "SELECT s.row_no, s.counted_until::text AS value, jsonb_build_object('first', m.first,"
            f" 'last', m.last) AS params FROM {{stage}} s, ({told}) m WHERE m.mixed",
        ),
        Rule(
            "period_twice",
            "counted_until",
            "SELECT s.row_no, s.counted_until::text AS value, jsonb_build_object('held', h.day,"
            f" 'batch', h.batch_id) AS params FROM {{stage}} s, LATERAL (SELECT * FROM ({held}) x"
            f" WHERE date_trunc('{unit}', x.day) = date_trunc('{unit}', s.counted_until)"
            " AND x.day <> s.counted_until ORDER BY x.day LIMIT 1) h",
        ),
        Rule(
            "period_behind",
            "counted_until",
            "SELECT 0 AS row_no, m.last::text AS value, jsonb_build_object('newest', h.day)"
            f" AS params FROM ({told}) m, LATERAL (SELECT max(x.day) AS day FROM ({held}) x) h"
            f" WHERE date_trunc('{unit}', h.day) > date_trunc('{unit}', m.last)",
            warning=True,
        ),
    ]


def _unit(label: str) -> Rule:
    return Rule(
        "unit_doubt",
        "amount",
        "SELECT s.row_no, s.amount::text AS value, jsonb_build_object('most',"
        f" trim_scale(m.most / 100.0), 'label', '{label}') AS params FROM {{stage}} s, (SELECT"
        f" max(s.amount) AS most FROM {{stage}} s WHERE s.amount > 0 HAVING count(*) >= {_SEVERAL}"
        f" AND max(s.amount) < {_LEAST_FEN}) m",
    )


department_lists = [dataset_of(one) for one in LISTS]
