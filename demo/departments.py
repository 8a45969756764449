"""Departments' lists to drop in: ``python -m demo.departments --register DIR --out DIR``.

Reads a register that ``demo.generate`` wrote, and writes one workbook a list, for the county that
the demonstration shows first: every other row without an identity number, one name in ten with
another character of the same sound, two rows about people who are in no register. The same
register gives the same files. Lists in which only who is new counts get an earlier one as well.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from demo import files
from demo.listed import another_sound
from yimaqing.domains.registry.departments.declared import LISTS
from yimaqing.domains.registry.departments.kinds import DepartmentList
from yimaqing.domains.registry.departments.rules import EVENT, begins, rhythms
from yimaqing.kit.dataset import Column, Kind

_ROWS, _SEED = 60, 20200819
#: Of the showcase's own village, so that its worker sees something.
_AT_HOME = 12
_WORDS = {
    "illness": ("恶性肿瘤", "尿毒症", "脑卒中", "急性心肌梗死"),
    "school": ("白文镇中心小学", "临县第四中学"),
    "assessor": ("县住建局鉴定组",),
    "plant": ("村集中供水站", "沟底水源井"),
    "category": ("A类", "B类", "C类"),
    "reason": ("突发疾病", "火灾", "交通事故"),
    "damage": ("玉米倒伏 3 亩", "房屋进水"),
    "company": ("个体杂货店", "养殖专业合作社"),
    "role": ("经营者", "理事长"),
    "property": ("县城住宅一套", "县城门面一间"),
    "use": ("住宅", "商业"),
    "vehicle": ("小型轿车", "轻型货车"),
    "employer": ("县属事业单位", "乡镇卫生院"),
    "post": ("职工", "护理员"),
}
_MOST = {"medical_bills": 30_000, "school_costs": 15_000, "minimum_living": 600}


def write_lists(register: Path, out: Path) -> list[Path]:
    """Write every list's workbook into ``out``; the files in the order of the lists."""
    truth = json.loads((register / "truth.json").read_text(encoding="utf-8"))
    people = _people(register, truth)
    today = dt.date.fromisoformat(truth["as_of"])
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for one in LISTS:
        draw = random.Random(f"{_SEED} {one.name}")
        some = _drawn(people, truth["showcase"]["village"], draw)
        until = _last_period(rhythms()[one.name].every, today)
        rows = list(_rows(one, some, until, draw))
        if rhythms()[one.name].trigger.once == "new":
            before = _last_period(rhythms()[one.name].every, until.replace(day=1))
            told = {"统计截止日期": before.isoformat()} | _days(one, before)
            earlier = [row | told for row in rows[_AT_HOME // 2 :]]
            written.append(files.write(_table(earlier), out, f"{one.name}-earlier", "xlsx"))
        written.append(files.write(_table(rows), out, one.name, "xlsx"))
    return written


def _last_period(every: str, today: dt.date) -> dt.date:
    """The last day of the last period that is over."""
    if every == EVENT:
        return today - dt.timedelta(days=3)
    return begins(every, today) - dt.timedelta(days=1)


def _people(register: Path, truth: dict[str, Any]) -> pl.DataFrame:
    county = truth["showcase"]["county"][:6]
    homes = pl.read_csv(register / truth["files"]["households"], infer_schema=False)
    here = homes.filter(pl.col("村编号").str.starts_with(county)).select("户编号", "村编号")
    persons = pl.read_csv(register / truth["files"]["persons"], infer_schema=False)
    kept = persons.select("户编号", "姓名", "性别", "证件号码", "出生日期").drop_nulls()
    whole = (
        pl.col("出生日期").str.contains(r"^\d{4}-\d\d-\d\d$")
        & pl.col("证件号码").str.contains(r"^\d{17}[\dX]$")
        & pl.col("性别").is_in(["男", "女"])
        & pl.col("姓名").str.contains(r"^\p{Han}{2,4}$")
    )
    return kept.filter(whole).join(here, on="户编号").unique("户编号", maintain_order=True)


def _drawn(people: pl.DataFrame, village: str, draw: random.Random) -> list[dict[str, str]]:
    near = people.filter(pl.col("村编号") == village).to_dicts()
    far = people.filter(pl.col("村编号") != village).to_dicts()
    some = draw.sample(near, min(_AT_HOME, len(near)))
    return some + draw.sample(far, min(_ROWS - len(some), len(far)))


def _rows(
    one: DepartmentList, people: list[dict[str, str]], until: dt.date, draw: random.Random
) -> Iterator[dict[str, str]]:
    seen = set()
    for number, person in enumerate(people):
        if one.of_places and person["村编号"] in seen:
            continue
        seen.add(person["村编号"])
        row = {} if one.of_places else _who(person, number, draw)
        row |= {"村编号": person["村编号"], "统计截止日期": until.isoformat()}
        row |= {fact.label: _said(fact, draw) for fact in one.facts} | _days(one, until)
        if one.amount:
            row[one.amount] = f"{draw.randrange(200, _MOST.get(one.name, 20_000))}.00"
        yield row


def _who(person: dict[str, str], number: int, draw: random.Random) -> dict[str, str]:
    name = person["姓名"]
    born = person["出生日期"]
    if number % 10 == 7:
        name = another_sound(name, draw)
    if number in {20, 40}:
        name, born = f"慕容{name[-1]}", "1931-01-01"
    known = number % 2 == 0 and number not in {20, 40}
    shown = {"姓名": name, "证件号码": person["证件号码"] if known else ""}
    return shown | {"性别": person["性别"], "出生日期": born}


def _said(fact: Column, draw: random.Random) -> str:
    if fact.table:
        return draw.choice(list(fact.table.shown.values()))
    if fact.kind is Kind.INTEGER:
        return str(draw.randrange(1, 30))
    return "" if fact.kind is Kind.DATE else draw.choice(_WORDS[fact.name])


def _days(one: DepartmentList, until: dt.date) -> dict[str, str]:
    """Days that the list tells: in its own month."""
    return {
        fact.label: until.replace(day=1).isoformat() for fact in one.facts if fact.kind is Kind.DATE
    }


def _table(rows: list[dict[str, str]]) -> pl.DataFrame:
    return pl.DataFrame(rows, infer_schema_length=None)


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m demo.departments", description=__doc__)
    parser.add_argument("--register", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    written = write_lists(options.register, options.out)
    sys.stdout.write(f"{len(written)} lists in {options.out}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
