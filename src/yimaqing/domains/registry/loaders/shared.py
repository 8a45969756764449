"""Parts that the registry's datasets have in common."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
from django.utils.translation import gettext_noop as _n

from yimaqing.domains.registry.codetables import code_table
from yimaqing.domains.registry.loaders.merged import MERGED_MESSAGES
from yimaqing.kit.dataset import Allotment, Column, Field, Finder, Finding, Kind, Message, Rule

#: Source of facts that come with the register itself, unless the sender names another.
SOURCE = "建档立卡信息系统"

#: A household is known by the ID number of its head or of any member on its file.
HOUSEHOLD_BY_ID = Finder(
    "holder",
    _n("户主或成员证件号"),
    (
        *("户主证件号", "户主证件号码", "户主身份证", "户主身份证号", "户主身份证号码"),
        *("户主公民身份号码", "head id number", "head national id", "head id"),
        *("脱贫户身份证号", "脱贫户身份证号码", "农户身份证号", "农户身份证号码", "贫困户身份证号"),
        *("监测户身份证号", "监测对象身份证号", "帮扶对象身份证号", "户主身份证件号码"),
    ),
    "SELECT index AS asked, household_number AS found, ARRAY[head_name] AS path FROM ("
    "SELECT h.head_id_index AS index, h.household_number, left(h.head_name, 1) || '**' AS head_name"
    " FROM registry_household h WHERE h.head_id_index = ANY (%(asked)s::bytea[]) AND h.valid"
    " AND %(ranges)s::place_multirange @> h.place_code"
    " UNION SELECT p.id_number_index, h.household_number, left(h.head_name, 1) || '**'"
    " FROM registry_person p JOIN registry_household h ON h.id = p.household_id"
    " WHERE p.id_number_index = ANY (%(asked)s::bytea[]) AND p.valid AND h.valid"
    " AND %(ranges)s::place_multirange @> p.place_code) x ORDER BY household_number",
    purpose=b"registry_person.id_number",
    # No code of a region begins with 9: the national register has no number like these.
    allotment=Allotment(
        "869",
        11,
        "SELECT household_number, head_id_index FROM registry_household"
        " WHERE household_number = ANY (%(values)s)",
    ),
)

HOUSEHOLD_NUMBER = Column(
    "household_number",
    _n("户编号"),
    ("aac001",),
    required=True,
    pattern=r"86\d{12}",
    example="86141124000123",
    finders=(HOUSEHOLD_BY_ID,),
)
YEAR = Column("year", _n("年度"), ("aar040",), Kind.INTEGER, required=True, low=2005, high=2100)

MESSAGES = {
    **MERGED_MESSAGES,
    "household_unknown": Message(
        _n("户编号 %(number)s 不在册"),
        _n("先导入户表，或核对户编号；户表中被拒绝的行要先改正"),
    ),
    "future_date": Message(_n("日期晚于数据日期 %(as_of)s"), _n("核对日期；未来的日期不能入库")),
    "future_year": Message(_n("年度晚于数据年度 %(year)s"), _n("核对年度")),
    "end_before_start": Message(
        _n("结束日期早于开始日期 %(start)s"), _n("核对两个日期，结束不能早于开始")
    ),
}

HOUSEHOLD_UNKNOWN = Rule(
    "household_unknown",
    "household_number",
    "SELECT s.row_no, s.household_number AS value,"
    " jsonb_build_object('number', s.household_number) AS params"
    " FROM {stage} s JOIN intake_found r ON r.row_no = s.row_no WHERE r.household_id IS NULL",
)

OF_HOUSEHOLD = (
    Field("place_code", "r.place_code"),
    Field("household_id", "r.household_id"),
)


def coded(
    name: str,
    label: str,
    code: str = "",
    *,
    table: str = "",
    required: bool = False,
    for_new: bool = False,
) -> Column:
    """A column of one of the register's code tables."""
    synonyms, words = (code,) if code else (), code_table(table or name)
    return Column(name, label, synonyms, Kind.CODE, required=required, for_new=for_new, table=words)


def yes_no(name: str, label: str, code: str = "") -> Column:
    """A column of 是 and 否."""
    return Column(name, label, (code,) if code else (), Kind.YES_NO)


def text(name: str) -> Field:
    """A text field, empty when the cell is."""
    return Field(name, f"coalesce(s.{name}, '')", name)


def plain(name: str) -> Field:
    """A field that is NULL when the cell is empty."""
    return Field(name, f"s.{name}", name)


def not_future(column: str) -> Callable[[pl.DataFrame], list[Finding]]:
    """A check: the date is not after the day that the file's facts hold for."""

    def check(frame: pl.DataFrame) -> list[Finding]:
        late = frame[column] > frame["as_of"]
        return [Finding("future_date", column, late, {"as_of": frame["as_of"]})]

    return check


def year_not_future(frame: pl.DataFrame) -> list[Finding]:
    """A check: the year is not after that of the file's facts."""
    current = frame["as_of"].dt.year().cast(pl.Int64)
    return [Finding("future_year", "year", frame["year"] > current, {"year": current})]


def in_order(start: str, end: str) -> Callable[[pl.DataFrame], list[Finding]]:
    """A check: ``end`` is not before ``start``."""

    def check(frame: pl.DataFrame) -> list[Finding]:
        early = frame[end] < frame[start]
        return [Finding("end_before_start", end, early, {"start": frame[start]})]

    return check


def history(kind: str) -> str:
    """One row of history for each record created or changed, with the old values."""
    return (
        "INSERT INTO registry_change (place_code, household_id, subject_kind, subject_id, kind,"
        " at, actor, source, batch_id, before)"
        " SELECT r.place_code, "
        + ("r.id" if kind == "household" else "r.household_id")
        + f", '{kind}', r.id, r.outcome, now(), %(actor)s, %(source)s, %(batch)s, r.before"
        " FROM intake_plan r WHERE r.outcome <> 'unchanged' ORDER BY r.id"
    )


#: The day that a yearly sheet's facts hold for: the archive's year ends on 30 September
#: (上年10-01…当年09-30). What a sheet says of a year that is not over holds for its own day.
WINDOW_END = "least(make_date(s.year::int, 9, 30), %(as_of)s::date)"

#: Observation times are the day plus the batch's number in microseconds: readings of two
#: files for one day stay apart, and the later file is the later reading.
_MIDNIGHT = "o.observed_on::timestamp AT TIME ZONE 'Asia/Shanghai'"
_OBSERVED = "x.midnight + %(batch)s * interval '1 microsecond'"


def observe(rows: str) -> str:
    """Add readings: a new value, or the same one seen again on a later day.

    ``rows`` selects outcome, place_code, household_id, person_id, indicator, value_text,
    value_number, observed_on. Each is held against the latest reading of the same source up
    to that day: one of an earlier day is confirmed by a reading of its own, so that it does
    not go stale; sending the same for the same day again adds nothing. A subject that this
    batch creates has no earlier reading to look for.
    """
    return (
        "INSERT INTO registry_reading (place_code, household_id, person_id, indicator,"
        " value_text, value_number, observed_at, source, batch_id, changed_at)"
        " SELECT x.place_code, x.household_id, x.person_id, x.indicator, x.value_text,"
        f" x.value_number, {_OBSERVED}, %(source)s, %(batch)s, now()"
        f" FROM (SELECT o.*, {_MIDNIGHT} AS midnight FROM ({rows}) o) x"
        " LEFT JOIN LATERAL (SELECT l.value_text, l.value_number, l.observed_at"
        " FROM registry_reading l WHERE x.outcome <> 'created'"
        " AND l.household_id = x.household_id"
        " AND l.person_id IS NOT DISTINCT FROM x.person_id AND l.indicator = x.indicator"
        " AND l.source = %(source)s AND l.observed_at < x.midnight + interval '24 hours'"
        " ORDER BY l.observed_at DESC, l.id DESC LIMIT 1) l ON true"
        " WHERE (l.value_text, l.value_number) IS DISTINCT FROM (x.value_text, x.value_number)"
        " OR l.observed_at < x.midnight"
        " ORDER BY x.household_id, x.person_id, x.indicator"
    )
