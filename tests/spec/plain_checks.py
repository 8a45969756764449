"""Ten of the checks again in plain Python, one household after another: the reference.

Written from the words of the checks, not from their expressions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from tests.spec.checking import DAY, Found, Tables
from tests.spec.tables import Row

ABLE = {"ordinary", "skilled"}
SERIOUS = {"serious", "chronic_serious", "serious_disabled", "chronic_serious_disabled"}
ILL = SERIOUS | {"chronic", "chronic_disabled"}
LIFTED = {"lifted", "lifted_without_policy"}
MONITORED = {"lifted_monitored", "marginal", "unstable", "marginal_at_risk", "sudden_hardship"}
MEN = {"son", "son_in_law", "grandson", "daughters_son", "father", "wifes_father"} | {
    *("husbands_father", "grandfather", "mothers_father", "brother")
}
WOMEN = {"daughter", "daughter_in_law", "granddaughter", "daughters_daughter", "mother"} | {
    *("wifes_mother", "husbands_mother", "grandmother", "mothers_mother", "grandsons_wife"),
    "sister",
}


def age(born: dt.date | None) -> int | None:
    """Completed years on the day of the specs."""
    if born is None:
        return None
    return DAY.year - born.year - ((DAY.month, DAY.day) < (born.month, born.day))


def _uninsured(h: Row, p: Row) -> bool:
    newborn = p["born_on"] is not None and (DAY - p["born_on"]).days < 90
    neither = p["resident_medical"] is False and p["employee_medical"] is False
    return neither and not newborn and p["military"] is not True


def _out_of_school(h: Row, p: Row) -> bool:
    years = age(p["born_on"])
    return years is not None and 6 <= years <= 15 and p["student_status"] == "non_student"


def _child_with_labour(h: Row, p: Row) -> bool:
    years = age(p["born_on"])
    return years is not None and years < 16 and p["labour_skill"] in ABLE | {"weak"}


def _old_with_labour(h: Row, p: Row) -> bool:
    years = age(p["born_on"])
    return years is not None and years >= 60 and p["labour_skill"] in ABLE


def _works_without_labour(h: Row, p: Row) -> bool:
    works = bool(p["work_months"]) or p["work_area"] != ""
    return works and p["labour_skill"] in {"lost", "none"}


def _relation_against_sex(h: Row, p: Row) -> bool:
    return (p["sex"] == "female" and p["relation"] in MEN) or (
        p["sex"] == "male" and p["relation"] in WOMEN
    )


def _lifted_ill_uncovered(h: Row, p: Row) -> bool:
    return (
        h["poverty_status"] in LIFTED
        and h["group"] == ""
        and p["health"] in SERIOUS
        and p["major_illness_insurance"] is False
    )


OF_MEMBER: dict[str, Callable[[Row, Row], bool]] = {
    "uninsured": _uninsured,
    "out_of_school": _out_of_school,
    "child_with_labour": _child_with_labour,
    "old_with_labour": _old_with_labour,
    "works_without_labour": _works_without_labour,
    "relation_against_sex": _relation_against_sex,
    "lifted_ill_uncovered": _lifted_ill_uncovered,
}


def _nobody_ill(h: Row, members: Sequence[Row], measures: Sequence[Row]) -> bool:
    healths = {p["health"] for p in members}
    return h["main_cause"] == "illness" and bool(healths) and not healths & (ILL | {""})


def _couple_of_one_sex(h: Row, members: Sequence[Row], measures: Sequence[Row]) -> bool:
    of = {r: {p["sex"] for p in members if p["relation"] == r} for r in ("head", "spouse")}
    known = {r: sexes & {"male", "female"} for r, sexes in of.items()}
    return len(known["head"]) == 1 and known["head"] == known["spouse"]


def _monitored_without_measure(h: Row, members: Sequence[Row], measures: Sequence[Row]) -> bool:
    year = h["recognised_year"]
    if h["group"] not in MONITORED or year is None:
        return False
    over = dt.date(year, 12, 31) + dt.timedelta(days=30) < DAY
    return over and not any(m["year"] >= year for m in measures)


OF_HOUSEHOLD: dict[str, Callable[[Row, Sequence[Row], Sequence[Row]], bool]] = {
    "cause_illness_nobody_ill": _nobody_ill,
    "couple_of_one_sex": _couple_of_one_sex,
    "monitored_without_measure": _monitored_without_measure,
}
CODES = {*OF_MEMBER, *OF_HOUSEHOLD}


def ask(tables: Tables) -> dict[tuple[int, str], list[int]]:
    """(household, check) → the members that it names, in order; none for a household's own."""
    found: dict[tuple[int, str], list[int]] = {}
    for h in tables["h"]:
        if not h["valid"]:
            continue
        mine = [p for p in tables["p"] if p["household_id"] == h["id"] and p["valid"]]
        measures = [m for m in tables["measure"] if m["household_id"] == h["id"]]
        for code, member_is in OF_MEMBER.items():
            if named := sorted(p["id"] for p in mine if member_is(h, p)):
                found[h["id"], code] = named
        for code, household_is in OF_HOUSEHOLD.items():
            if household_is(h, mine, measures):
                found[h["id"], code] = []
    return found


def named(found: Found) -> dict[tuple[int, str], list[int]]:
    """The same of what an engine found, for the ten."""
    return {
        key: [int(part.partition(":")[0]) for part in facts.split(";")]
        if key[1] in OF_MEMBER
        else []
        for key, facts in found.items()
        if key[1] in CODES
    }
