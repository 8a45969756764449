"""What the register records of each member: schooling, health, insurance, work."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from demo import identity, margins
from demo.draw import Bools, Ints, Rng, chance, dates, pick, stream, unless, words, yes_no
from demo.families import People, one_of

HEALTHY, CHRONIC, MAJOR, DISABLED = 0, 1, 2, 3
_HEALTH = ("健康", "长期慢性病", "患有大病", "残疾")
_EDUCATION = ("文盲或半文盲", "小学", "初中", "高中", "大专及以上", "学龄前")
_GRADES = (
    "非在校", "学前", "小学", "七年级", "八年级", "九年级", "高中一年级", "高中二年级",
    "高中三年级", "中职一年级", "中职二年级", "中职三年级", "高职一年级", "大专及以上",
    "送教上门", "休学",
)  # fmt: skip
_AREAS = ("乡内", "乡外县内", "县外省内", "省外")
_SKILLS = ("普通劳动力", "技能劳动力", "弱劳动力或半劳动力", "丧失劳动力", "无劳动力")
_PEOPLES = ("汉族", "回族", "满族", "蒙古族")


@dataclass(frozen=True)
class Persons:
    """Columns per person that other files need, and the rest of the table."""

    id_number: pl.Series
    health: Ints
    grade: Ints  # index into the pupils' classes, 0 = not at school
    works: Bools
    months_away: Ints
    out_of_school: Bools  # of school age, not at school and not taught at home
    columns: dict[str, pl.Series]

    def table(self, people: People, household_number: pl.Series) -> pl.DataFrame:
        """The rows of persons.csv."""
        owner = household_number.gather(people.household)
        return pl.DataFrame(
            {
                "人编号": identity.person_numbers(owner, people.order),
                "户编号": owner,
                "姓名": people.name,
                "性别": words(("女", "男"), people.male),
                "证件类型": pl.repeat("居民身份证", len(owner), eager=True),
                "证件号码": self.id_number,
                "出生日期": dates(people.born),
                "与户主关系": people.relation,
                **self.columns,
            }
        )


def members(seed: int, people: People, cause: Ints, attribute: Ints) -> Persons:
    """Draw the attributes; health follows the household's main cause."""
    rng = stream(seed, "people")
    grade, out = _school(rng, people.age)
    health = _health(rng, people, cause, grade)
    grade[out] = _excused(rng, health[out])
    out &= grade == 0
    pupil = (people.age >= 6) & (people.age <= 15)
    grade[pupil & (health == DISABLED) & chance(rng, 0.3, len(grade))] = 14
    skill = _skill(rng, people.age, health, grade)
    works = (skill <= 1) & chance(rng, 0.62, len(skill))
    months = np.where(works, rng.integers(2, 13, len(skill)), 0)
    schooling = _schooling(rng, people.age, grade)
    columns = {
        "民族": words(_PEOPLES, pick(rng, [0.996, 0.002, 0.001, 0.001], len(skill))),
        "文化程度": words(_EDUCATION, schooling),
        "在校生状况": words(_GRADES, grade),
        "健康状况": words(_HEALTH, health),
        "劳动技能": words(_SKILLS, skill),
        **_insurance(rng, people, grade, works, attribute),
        "务工区域": unless(~works, words(_AREAS, pick(rng, [0.34, 0.26, 0.26, 0.14], len(skill)))),
        "务工月数": unless(~works, pl.Series(months).cast(pl.String)),
        "联系电话": unless(
            (people.age < 16) | chance(rng, 0.35, len(skill)),
            identity.mobile_numbers(rng, len(skill)),
        ),
        "人员状态": pl.repeat("正常", len(skill), eager=True),
    }
    numbers = identity.id_numbers(rng, people.born, people.male)
    return Persons(numbers, health, grade, works, months, out, columns)


def _school(rng: Rng, age: Ints) -> tuple[Ints, Bools]:
    """Class by age; children of school age out of school are rare."""
    size = len(age)
    vocational = chance(rng, 0.4, size)
    grade = np.zeros(size, dtype=np.int64)
    grade[(age >= 3) & (age <= 5)] = 1
    grade[(age >= 6) & (age <= 11)] = 2
    for years in (12, 13, 14):
        grade[age == years] = 3 + years - 12
    for years in (15, 16, 17):
        grade[age == years] = np.where(vocational[age == years], 9, 6) + years - 15
    grade[(age == 17) & chance(rng, 0.15, size)] = 0
    student = (age >= 18) & (age <= 22) & chance(rng, 0.33, size)
    grade[student] = np.where(vocational[student], 12, 13)
    out = (age >= 6) & (age <= 15) & chance(rng, margins.FAIL_ENROLMENT, size)
    grade[out] = 0
    return grade, out


def _excused(rng: Rng, health: Ints) -> Ints:
    """Disabled children out of school are mostly taught at home, sick ones on leave."""
    likely = chance(rng, 0.8, len(health))
    excused = np.select([health == DISABLED, np.isin(health, (CHRONIC, MAJOR))], [14, 15], 0)
    return np.where(likely, excused, 0).astype(np.int64)


def _health(rng: Rng, people: People, cause: Ints, grade: Ints) -> Ints:
    age = people.age
    size = len(age)
    draw = rng.random(size)
    chronic = np.select([age < 16, age < 40, age < 60], [0.004, 0.02, 0.09], 0.2)
    major = np.select([age < 16, age < 40, age < 60], [0.0004, 0.001, 0.003], 0.005)
    disabled = np.select([age < 16, age < 40, age < 60], [0.006, 0.02, 0.035], 0.045)
    health = np.where(draw < chronic, CHRONIC, HEALTHY)
    health[(draw >= chronic) & (draw < chronic + major)] = MAJOR
    health[draw > 1 - disabled] = DISABLED
    names = list(margins.MAIN_CAUSES)
    # whoever bears the cause: an adult where there is one who does not study
    bearer = one_of(rng, people.household, (age >= 18) & (grade == 0), len(cause))
    ill = bearer[(cause == names.index("因病")) & (bearer >= 0)]
    health[ill] = np.where(chance(rng, 0.055, len(ill)), MAJOR, CHRONIC)
    health[bearer[(cause == names.index("因残")) & (bearer >= 0)]] = DISABLED
    return health.astype(np.int64)


def _skill(rng: Rng, age: Ints, health: Ints, grade: Ints) -> Ints:
    size = len(age)
    skill = np.where(chance(rng, 0.09, size), 1, 0)
    unfit = np.isin(health, (MAJOR, DISABLED))
    skill[unfit] = np.where(chance(rng, 0.75, size), 2, 3)[unfit]
    skill[age >= 60] = np.where(chance(rng, 0.55, size), 2, 4)[age >= 60]
    skill[(age < 16) | (age >= 75) | (grade > 0)] = 4
    return skill.astype(np.int64)


def _schooling(rng: Rng, age: Ints, grade: Ints) -> Ints:
    size = len(age)
    old = pick(rng, [0.34, 0.42, 0.2, 0.035, 0.005], size)
    middle = pick(rng, [0.05, 0.27, 0.52, 0.12, 0.04], size)
    young = pick(rng, [0.004, 0.05, 0.48, 0.27, 0.196], size)
    level = np.select([age >= 60, age >= 36], [old, middle], young)
    level[grade == 2] = 1
    level[(grade >= 3) & (grade <= 5)] = 2
    level[(grade >= 6) & (grade <= 11)] = 3
    level[(grade == 12) | (grade == 13)] = 4
    level[(grade == 0) & (age < 16)] = 1
    level[age < 6] = 5
    return level.astype(np.int64)


def _insurance(
    rng: Rng, people: People, grade: Ints, works: Bools, attribute: Ints
) -> dict[str, pl.Series]:
    size = len(people.age)
    none = chance(rng, margins.FAIL_INSURANCE, size)
    employee = works & chance(rng, 0.02, size) & ~none
    resident = ~none & ~employee
    pension = (people.age >= 16) & (grade == 0) & chance(rng, 0.97, size)
    living = (attribute[people.household] == 1) & chance(rng, 0.9, size)
    army = people.male & (people.age >= 18) & (people.age <= 24) & (grade == 0)
    return {
        "是否参加城乡居民基本医疗保险": yes_no(resident),
        "是否参加职工基本医疗保险": yes_no(employee),
        "是否参加大病保险": yes_no(resident),
        "是否参加城乡居民基本养老保险": yes_no(pension & ~employee),
        "是否参加城镇职工基本养老保险": yes_no(pension & employee),
        "是否享受低保": yes_no(living),
        "是否现役军人": yes_no(army & chance(rng, 0.02, size)),
    }
