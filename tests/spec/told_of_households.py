"""Checks of the household: its standing, years, help, house, land and income.

By check: households that it finds, that it just does not find, and whose facts are unknown. Where
the missing record is what the check asks about, there is no unknown.
"""

from __future__ import annotations

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
