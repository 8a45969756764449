"""What each check finds, what it just does not find, and what it leaves alone as unknown.

Every household is written in one line; all are asked at once, on each engine.
"""

from __future__ import annotations

import pytest

from tests.spec.checking import Found, households
from yimaqing.domains.monitoring.checks import shipped_checks

#: By check: households that it finds, that it just does not find, and whose facts are unknown.
#: Where the missing record is what the check asks about, there is no unknown.
TOLD: dict[str, tuple[list[str], list[str], list[str]]] = {
    "lifted_dangerous_house": (
        [
            "living: house_grade=D",
            "living: dangerous_house=yes",
            "reading: indicator=housing value_text=C",
        ],
        [
            "living: house_grade=B",
            "living: house_grade=D | reading: indicator=housing value_text=rebuilt",
            "h: group=lifted_monitored | living: house_grade=D",
            "h: poverty_status=unlifted exit_year=? | living: house_grade=D",
            "living: year=2018 house_grade=D | living: year=2019",
        ],
        ["living: house_grade= dangerous_house=?", ""],
    ),
    "lifted_unsafe_water": (
        [
            "living: water_safe=no",
            "living: water_difficult=yes",
            "reading: indicator=water value_text=fail",
        ],
        [
            "living: water_safe=no | reading: indicator=water value_text=pass",
            "h: group=lifted_monitored | living: water_safe=no",
        ],
        ["living: water_safe=? water_difficult=?"],
    ),
    "lifted_ill_uncovered": (
        ["p: health=serious major_illness_insurance=no"],
        [
            "p: health=serious",
            "p: health=chronic major_illness_insurance=no",
            "h: group=lifted_monitored | p: health=serious major_illness_insurance=no",
            "p: valid=no health=serious major_illness_insurance=no | p: relation=son sex=male",
        ],
        ["p: health=serious major_illness_insurance=?"],
    ),
    "lifted_child_out": (
        [
            "p: | p: relation=son sex=male born_on=2010-01-01 student_status=dropped_out",
            (
                "p: born_on=2010-01-01 student_status=grade7"
                " | reading: indicator=education value_text=out person_id=1"
            ),
        ],
        [
            "p: | p: relation=son sex=male born_on=2010-01-01 student_status=grade7",
            "p: | p: relation=son sex=male born_on=2004-08-19 student_status=dropped_out",
        ],
        ["p: | p: relation=son sex=male born_on=? student_status=dropped_out"],
    ),
    "uninsured": (
        ["p: resident_medical=no", "p: resident_medical=no military=?"],
        [
            "p: resident_medical=no employee_medical=yes",
            "p: resident_medical=no military=yes",
            "p: | p: relation=son sex=male born_on=2020-06-01 resident_medical=no labour_skill=none",
        ],
        ["p: resident_medical=?", "p: resident_medical=no employee_medical=?"],
    ),
    "insurance_unknown": (
        ["p: resident_medical=? employee_medical=?"],
        ["p: resident_medical=no employee_medical=?"],
        [],
    ),
    "major_insurance_unknown": (
        ["p: health=chronic_serious major_illness_insurance=?"],
        ["p: health=serious major_illness_insurance=no", "p: major_illness_insurance=?"],
        [],
    ),
    "out_of_school": (
        ["p: | p: relation=son sex=male born_on=2014-08-19 labour_skill=none"],
        [
            "p: | p: relation=son sex=male born_on=2014-08-20 labour_skill=none",
            (
                "p: | p: relation=son sex=male born_on=2010-01-01 student_status=home_teaching"
                " health=disabled"
            ),
        ],
        ["p: | p: relation=son sex=male born_on=2010-01-01 student_status="],
    ),
    "absent_but_healthy": (
        ["p: | p: relation=son sex=male born_on=2010-01-01 student_status=deferred"],
        ["p: | p: relation=son sex=male born_on=2010-01-01 student_status=deferred health=chronic"],
        ["p: | p: relation=son sex=male born_on=2010-01-01 student_status=deferred health="],
    ),
    "monitored_without_cause": (
        ["h: group=marginal main_cause="],
        ["h: group=marginal main_cause= return_cause=disaster", "h: main_cause="],
        [],
    ),
    "monitored_without_year": (
        ["h: group=marginal recognised_year=?"],
        ["h: recognised_year=?"],
        [],
    ),
    "monitored_without_income": (
        ["h: group=marginal", "h: group=marginal | income: year=2017"],
        ["h: group=marginal | income: year=2018", "h: group="],
        [],
    ),
    "monitored_without_readings": (
        ["h: group=marginal", "h: group=marginal | reading: indicator=water value_text=pass"],
        [
            (
                "h: group=marginal | reading: indicator=water value_text=pass"
                " | reading: indicator=housing value_text=A"
            ),
        ],
        [],
    ),
    "monitored_without_measure": (
        [
            "h: group=marginal recognised_year=2019",
            "h: group=marginal recognised_year=2019 | measure: year=2018",
        ],
        [
            "h: group=marginal recognised_year=2020",
            "h: group=marginal recognised_year=2019 | measure: year=2019",
        ],
        ["h: group=marginal recognised_year=?"],
    ),
    "lifted_group_not_lifted": (
        ["h: group=lifted_monitored poverty_status=unlifted exit_year=?"],
        ["h: group=lifted_monitored", "h: group=marginal poverty_status=unlifted exit_year=?"],
        ["h: group=lifted_monitored poverty_status="],
    ),
    "lifted_group_not_archived": (
        ["h: group=lifted_monitored register_class=ordinary"],
        ["h: group=lifted_monitored", "h: register_class=ordinary"],
        ["h: group=lifted_monitored register_class="],
    ),
    "marginal_group_archived": (
        ["h: group=marginal"],
        ["h: group=marginal register_class=marginal", "h: group=sudden_hardship"],
        ["h: group=marginal register_class="],
    ),
    "lifted_without_measure": (
        ["", "measure: year=2019"],
        [
            "measure: year=2018",
            "h: exit_year=2016",
            "h: poverty_status=lifted_without_policy",
            "h: poverty_status=unlifted exit_year=?",
        ],
        ["h: exit_year=?"],
    ),
    "exit_before_recognition": (
        ["h: recognised_year=2019 exit_year=2018"],
        ["h: recognised_year=2018 exit_year=2018"],
        ["h: recognised_year=? exit_year=2018", "h: exit_year=?"],
    ),
    "exit_in_year_of_recognition": (
        ["h: recognised_year=2018 exit_year=2018"],
        ["h: recognised_year=2017 exit_year=2018", "h: recognised_year=2019 exit_year=2018"],
        ["h: recognised_year=?"],
    ),
    "exit_year_missing": (
        ["h: exit_year=?"],
        ["", "h: poverty_status=pre_lifted exit_year=?"],
        ["h: poverty_status= exit_year=?"],
    ),
    "exit_year_unfounded": (
        ["h: poverty_status=unlifted"],
        ["h: poverty_status=returned", "h: poverty_status=unlifted exit_year=?"],
        ["h: poverty_status="],
    ),
    "only_social_security": (
        ["h: group=marginal | measure: measure_group=social_security"],
        [
            "h: group=marginal",
            "h: group=marginal | measure: measure_group=social_security | measure:",
            "h: group=marginal | p: health=chronic | measure: measure_group=social_security",
            "measure: measure_group=social_security",
        ],
        ["h: group=marginal | p: labour_skill= | measure: measure_group=social_security"],
    ),
    "school_help_without_pupil": (
        ["measure: year=2020 measure_group=other_education"],
        [
            "measure: year=2019 measure_group=other_education",
            (
                "p: | p: relation=son sex=male born_on=2003-01-01 student_status=vocational1"
                " | measure: year=2020 measure_group=other_education"
            ),
        ],
        ["p: student_status= | measure: year=2020 measure_group=other_education"],
    ),
    "health_missing": (["p: health="], ["p: health=chronic"], []),
    "ethnicity_missing": (["p: ethnicity="], ["p: ethnicity=hui"], []),
    "birth_missing": (["p: born_on=?"], ["", "p: | p: valid=no born_on=?"], []),
    "relation_against_sex": (
        ["p: | p: relation=son sex=female", "p: | p: relation=daughters_daughter sex=male"],
        ["p: | p: relation=son sex=male", "p: | p: relation=other sex=male", "p: sex=male"],
        ["p: | p: relation=son sex=", "p: | p: relation= sex=female"],
    ),
    "couple_of_one_sex": (
        ["p: | p: relation=spouse", "p: sex=male | p: relation=spouse sex=male"],
        ["p: | p: relation=spouse sex=male", "p: | p: relation=sister"],
        ["p: | p: relation=spouse sex="],
    ),
    "head_is_child": (
        ["p: born_on=2004-08-20 student_status=grade9 labour_skill=none"],
        ["p: born_on=2004-08-19 student_status=senior1 labour_skill=none"],
        ["p: born_on=?"],
    ),
    "cause_illness_nobody_ill": (
        ["h: main_cause=illness"],
        ["h: main_cause=illness | p: health=chronic", "h: main_cause=skill"],
        ["h: main_cause=illness | p: health=", "h: main_cause=illness | p: valid=no"],
    ),
    "cause_disability_nobody_disabled": (
        ["h: main_cause=disability | p: health=serious"],
        ["h: main_cause=disability | p: health=healthy | p: relation=sister health=disabled"],
        ["h: main_cause=disability | p: | p: relation=sister health="],
    ),
    "cause_schooling_no_pupil": (
        ["h: main_cause=schooling"],
        [
            (
                "h: main_cause=schooling"
                " | p: | p: relation=son sex=male born_on=2003-01-01 student_status=senior1"
            )
        ],
        ["h: main_cause=schooling | p: student_status="],
    ),
    "supported_but_able": (
        ["h: attribute=five_guarantee"],
        [
            "p: labour_skill=skilled",
            "h: attribute=five_guarantee | p: health=disabled",
            "h: attribute=five_guarantee | p: labour_skill=lost health=chronic",
            "h: attribute=five_guarantee | p: born_on=1960-08-19 labour_skill=weak",
        ],
        [
            "h: attribute=five_guarantee | p: labour_skill=",
            "h: attribute=five_guarantee | p: student_status=",
            "h: attribute=five_guarantee | p: born_on=?",
        ],
    ),
    "minimum_living_of_nobody": (
        ["h: attribute=minimum_living"],
        [
            "h: attribute=minimum_living | p: | p: relation=sister minimum_living=yes",
            "p: minimum_living=no",
        ],
        ["h: attribute=minimum_living | p: | p: relation=sister minimum_living=?"],
    ),
    "child_with_labour": (
        ["p: | p: relation=son sex=male born_on=2004-08-20 student_status=grade9"],
        [
            "p: | p: relation=son sex=male born_on=2004-08-19 student_status=senior1",
            (
                "p: | p: relation=son sex=male born_on=2010-01-01 student_status=primary"
                " labour_skill=none"
            ),
        ],
        ["p: | p: relation=son sex=male born_on=?"],
    ),
    "old_with_labour": (
        ["p: born_on=1960-08-19"],
        ["p: born_on=1960-08-20", "p: born_on=1950-01-01 labour_skill=weak"],
        ["p: born_on=1950-01-01 labour_skill=", "p: born_on=?"],
    ),
    "able_without_labour": (
        ["p: labour_skill=none"],
        [
            "p: labour_skill=lost",
            "p: labour_skill=none health=disabled",
            "p: labour_skill=none student_status=college born_on=2001-01-01",
            "p: labour_skill=none born_on=1960-08-19",
        ],
        ["p: labour_skill=none health=", "p: labour_skill=none student_status="],
    ),
    "works_without_labour": (
        [
            "p: labour_skill=none work_months=3 health=chronic",
            "p: labour_skill=lost work_area=county",
        ],
        ["p: labour_skill=weak work_months=3", "p: labour_skill=lost work_months=0"],
        ["p: labour_skill=lost work_months=?", "p: labour_skill= work_months=3"],
    ),
    "child_works": (
        [
            (
                "p: | p: relation=son sex=male born_on=2004-08-20 student_status=dropped_out"
                " labour_skill=none work_months=2"
            ),
        ],
        [
            (
                "p: | p: relation=son sex=male born_on=2004-08-19 student_status=dropped_out"
                " labour_skill=ordinary work_months=2"
            ),
        ],
        ["p: | p: relation=son sex=male born_on=? work_months=2"],
    ),
    "cause_work_no_labour": (
        ["h: main_cause=unstable_work | p: labour_skill=lost health=chronic"],
        ["h: main_cause=unstable_work | p: labour_skill=weak work_months=2"],
        ["h: main_cause=unstable_work | p: labour_skill="],
    ),
    "cause_work_no_work": (
        ["h: main_cause=unstable_work"],
        ["h: main_cause=unstable_work | p: work_area=elsewhere"],
        [],
    ),
    "arable_too_large": (
        ["living: arable_mu=100.01"],
        ["living: arable_mu=100", "living: year=2018 arable_mu=500 | living: arable_mu=5"],
        ["living: arable_mu=?", "living: year=2021 arable_mu=500"],
    ),
    "forest_too_large": (
        ["living: forest_mu=200.5"],
        ["living: forest_mu=200"],
        ["living: forest_mu=?"],
    ),
    "wage_too_small": (
        ["income: wage_fen=9999", "income: wage_fen=1"],
        ["income: wage_fen=10000", "income: wage_fen=0"],
        ["", "income: year=2021 wage_fen=50"],
    ),
    "work_without_wage": (
        ["p: work_months=3 | income: wage_fen=0"],
        [
            "p: work_months=2 | income: wage_fen=0",
            "p: work_months=3",
            "p: work_months=3 | income: year=2018 wage_fen=0",
        ],
        ["p: work_months=? | income: wage_fen=0", "p: work_months=3 | income: year=2021"],
    ),
}
ALL = [
    (code, kind, text)
    for code, told in TOLD.items()
    for kind, texts in zip(("finds", "just not", "unknown"), told, strict=True)
    for text in texts
]


@pytest.fixture(scope="module")
def found(checkers) -> dict[str, Found]:
    """What each engine finds in all the households of this page."""
    tables = households([text for _code, _kind, text in ALL])
    return {engine: ask(tables) for engine, ask in checkers.items()}


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_each_check_finds_what_does_not_agree_and_accuses_nobody_else(found, engine):
    wrong = [
        f"{code}: {kind} {text!r}"
        for number, (code, kind, text) in enumerate(ALL, 1)
        if ((number, code) in found[engine]) != (kind == "finds")
    ]
    assert not wrong


def test_both_engines_find_the_same_on_the_same_evidence(found):
    assert found["duckdb"] == found["postgres"]


def test_every_shipped_check_is_specified():
    assert set(TOLD) == {check.code for check in shipped_checks().all}
    assert all(finds and spares for finds, spares, _unknown in TOLD.values())


def test_the_evidence_names_the_members_and_their_facts_in_order(checkers):
    told = "p: labour_skill=none | p: relation=sister labour_skill=none born_on=1980-05-06"
    found = checkers["postgres"](households([told]))
    assert found[1, "able_without_labour"] == (
        "000000000011:born_on=1975-02-14,health=healthy,labour_skill=none;"
        "000000000012:born_on=1980-05-06,health=healthy,labour_skill=none"
    )


def test_a_household_that_left_the_register_is_not_asked(checkers):
    for ask in checkers.values():
        assert ask(households(["h: valid=no exit_year=? | p: health="])) == {}
