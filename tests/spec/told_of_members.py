"""Checks of who lives there: schooling, insurance, health, kinship, labour.

By check: households that it finds, that it just does not find, and whose facts are unknown. Where
the missing record is what the check asks about, there is no unknown.
"""

from __future__ import annotations

TOLD: dict[str, tuple[list[str], list[str], list[str]]] = {
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
}
