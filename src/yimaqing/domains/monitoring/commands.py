"""Commands of monitoring."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path

import click
from django.conf import settings

from yimaqing.analytics import lake
from yimaqing.analytics.engines import EngineUnusable
from yimaqing.analytics.lake import LakeBusy
from yimaqing.domains.monitoring.actions import (
    Outcome,
    judge_again,
    run,
    run_past,
    take_snapshot,
)
from yimaqing.domains.monitoring.backtest_commands import backtest
from yimaqing.domains.monitoring.check_commands import checks
from yimaqing.domains.monitoring.poverty_commands import poverty
from yimaqing.domains.monitoring.rules_commands import rules


@click.group()
def monitoring() -> None:
    """监测 Judge the seven indicators, raise and close warnings."""


@monitoring.command("run")
@click.option(
    "--as-of",
    "days",
    type=click.DateTime(["%Y-%m-%d"]),
    multiple=True,
    help="只补算过去日期的趋势，可多次 past days, for the trend only; several may be given",
)
@click.option("--json", "as_json", is_flag=True)
def run_command(days: tuple[dt.datetime, ...], as_json: bool) -> None:
    """Take a snapshot, judge every household, bring the warnings into line."""
    today = dt.date.today()
    past = sorted({day.date() for day in days} - {today})
    try:
        for done in run_past(past, progress=_say) if past else ():
            _report(done, as_json=as_json)
        if not past or today in {day.date() for day in days}:
            _report(run(progress=_say), as_json=as_json)
    except LakeBusy as error:
        raise click.ClickException(f"另一次评判正在进行 {error}") from error
    except EngineUnusable as error:
        raise click.ClickException(str(error)) from error
    except (LookupError, ValueError) as error:
        raise click.ClickException(f"这一天不能评判 {error}") from error


monitoring.add_command(backtest)
monitoring.add_command(poverty)


def _say(what: str) -> None:
    click.echo(f"… {what}", err=True)


def _report(done: Outcome, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(done), default=str))
        return
    click.echo(
        f"{done.as_of} · {done.households:,} 户 · 新增 {done.raised:,}"
        f" · 变化 {done.changed:,} · 解除 {done.closed:,}"
    )


@click.group()
def snapshot() -> None:
    """快照 Snapshots in the lake."""


@snapshot.command("take")
def take_command() -> None:
    """Keep the published tables as of now: Parquet by county, no names, nothing sealed."""
    try:
        taken = take_snapshot(progress=_say)
    except LakeBusy as error:
        raise click.ClickException(f"另一次评判正在进行 {error}") from error
    click.echo(f"{taken.path}\t{sum(map(taken.count, taken.tables)):,}")


@snapshot.command("list")
def list_snapshots() -> None:
    """Finished snapshots, newest first: name, day taken, judged as of, rows."""
    for one in lake.snapshots(settings.LAKE):
        day = one.taken_at.astimezone(lake.ZONE).date()
        as_of = one.facts.get("as_of", "-")
        click.echo(f"{one.name}\t{day}\t{as_of}\t{sum(map(one.count, one.tables)):,}")


@snapshot.command("judge")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="结果放在哪个空目录 an empty directory for the results",
)
def judge_command(day: dt.datetime, to: Path) -> None:
    """Judge DAY again from the snapshot kept of it, by the rules of that day.

    Writes standings and findings as Parquet by county; warnings in the product stay as they are.
    """
    try:
        done = judge_again(day=day.date(), to=to)
    except LakeBusy as error:
        raise click.ClickException(f"另一次评判正在进行 {error}") from error
    except FileExistsError as error:
        raise click.ClickException(f"{to} 里已有东西；换一个空目录") from error
    except (EngineUnusable, LookupError) as error:
        raise click.ClickException(str(error)) from error
    taken = done.taken_at.astimezone(lake.ZONE)
    click.echo(f"{done.snapshot}（{taken:%Y-%m-%d %H:%M} 取）· {done.households:,} 户")
    for (colour, rule), count in done.warnings.items():
        click.echo(f"{colour}\t{rule}\t{count:,}")
    if done.differs is not None:
        same = "与当时的结果一致" if not done.differs else f"与当时的结果有 {done.differs:,} 条不同"
        click.echo(same)


commands: list[click.Command] = [monitoring, rules, snapshot, checks]
