"""The figures that the synthetic register follows.

Published ones carry their source; the others are our own, chosen to be plausible for
a poor hilly prefecture, and are listed as such in README.md.
"""

from __future__ import annotations

# Shanxi's report on Lüliang, newspaper page of 2020-08-19.
ARCHIVED_HOUSEHOLDS = 210_000
ARCHIVED_PEOPLE = 590_000
INCIDENCE = 0.192  # archived people over the rural population
POOR_VILLAGES = 1_439
SMALL_HOUSEHOLDS = 16_000

# The six counties on the national list of key counties; the four provincial ones are our choice.
NATIONAL_COUNTIES = ("141123", "141124", "141126", "141127", "141128", "141129")
PROVINCIAL_COUNTIES = ("141102", "141122", "141125", "141130")
COUNTY_EXIT_YEAR = {
    "141123": 2019,
    "141124": 2019,
    "141126": 2019,
    "141127": 2018,
    "141128": 2018,
    "141129": 2018,
    "141102": 2017,
    "141122": 2017,
    "141125": 2017,
    "141130": 2017,
}

# Census of the fight against poverty, bulletin no. 2: safe houses of archived households
# were safe already, rebuilt (危房改造), or moved into (易地搬迁).
HOUSING_SAFE, HOUSING_REBUILT, HOUSING_MOVED = 0.4374, 0.4225, 0.1401

# Outside the archived register, as shares of it.
MARGINAL_SHARE = 0.022
CONTROL_SHARE = 0.015
# Objects of monitoring among the archived (guidance of 2020-03: about 5 %, at most 10 %).
UNSTABLE_SHARE = 0.026
SUDDEN_SHARE = 0.002

MAIN_CAUSES: dict[str, float] = {
    "因病": 0.40,
    "因残": 0.14,
    "缺技术": 0.145,
    "缺劳力": 0.12,
    "缺资金": 0.06,
    "因学": 0.05,
    "自身发展动力不足": 0.025,
    "因灾": 0.02,
    "交通条件落后": 0.015,
    "缺土地": 0.01,
    "缺水": 0.01,
    "其他": 0.005,
}

# Exit line of the register in yuan per person and year (2018 and before: background figures).
# There is none after 2020, so that of 2020 stays the mark below which an income fails.
_LINES = {2014: 2800, 2015: 2855, 2016: 2952, 2017: 2952, 2018: 2995, 2019: 3218, 2020: 4000}


def exit_line_yuan(year: int) -> float:
    """Yuan per person and year below which an income fails."""
    return float(_LINES[min(max(year, min(_LINES)), max(_LINES))])


# Shares of households failing now, and how many times more failed a year ago.
FAIL_FOOD = 0.0006
FAIL_CLOTHING = 0.0005
FAIL_WATER_QUANTITY = 0.0012
FAIL_WATER_CONVENIENCE = 0.0012
FAIL_WATER_GUARANTEE = 0.0014
FAIL_WATER_QUALITY = 0.0010
FAIL_HOUSING = 0.0035
FAIL_INCOME = 0.006
NEAR_INCOME = 0.045  # between the line and one and a half times the line
CUT_INCOME = 0.012  # income fell by three tenths or more within a year
FAIL_ENROLMENT = 0.0025  # of children of school age
FAIL_INSURANCE = 0.0012  # of persons
YEAR_AGO = 2.6
BAD_WATER_VILLAGES = 0.04  # share of villages in which water failures gather
NOT_VISITED = 0.03  # households without a visit in the last months: stale readings
NEVER_VISITED = 0.008  # without any visit: unknown

DIRTY_SHARE = 0.02
