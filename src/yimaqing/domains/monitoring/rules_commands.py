"""`yimaqing rules`: rule sets and income lines as files."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click

from yimaqing.domains.monitoring.actions import StepRefused, load_ruleset_file, set_income_lines
from yimaqing.domains.monitoring.rulebook import book_on, overruled_lines, version_named
from yimaqing.domains.monitoring.rules import (
    Ruleset,
    RulesetInvalid,
    load_ruleset,
    load_scheme,
    to_toml,
)
from yimaqing.domains.monitoring.rules.differences import Difference, differences
from yimaqing.domains.monitoring.rules.loading import SCHEMES

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def rules() -> None:
    """规则 Rule sets and income lines."""


@rules.command("check")
@click.argument("file", type=FILE)
@click.option("--scheme", default="", help="另用配色方案 another colour scheme than the file's")
def check(file: Path, scheme: str) -> None:
    """Check a rule set's TOML: every fault with its line, reason and remedy."""
    ruleset = _read(file, scheme)
    click.echo(
        f"{ruleset.identity}: {len(ruleset.rules)} 条规则，没有问题"
        f" / {len(ruleset.rules)} rules, nothing wrong"
    )


@rules.command("load")
@click.argument("file", type=FILE)
@click.option("--reason", required=True, help="理由和文号 why, and by which document")
def load(file: Path, reason: str) -> None:
    """Publish a rule set's TOML; it judges in its region from its day on."""
    ruleset = _read(file, "")
    try:
        load_ruleset_file(text=to_toml(ruleset), name=file.name, reason=reason)
    except StepRefused as error:
        raise click.ClickException(str(error)) from error
    where = ruleset.region or "全国"
    click.echo(
        f"已发布 {ruleset.identity}，自 {ruleset.effective_from} 起用于 {where}；"
        "运行 yimaqing monitoring run 使其生效"
    )


@rules.command("lines")
@click.argument("file", type=FILE)
def lines(file: Path) -> None:
    """Take this installation's income lines from FILE, each with its document number."""
    try:
        count = set_income_lines(path=file, by=None)
    except RulesetInvalid as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    click.echo(f"已装入 {count} 条收入线；运行 yimaqing monitoring run 使其生效")
    for line, identity in overruled_lines(dt.date.today()):
        click.echo(f"{line.year} {line.kind} {line.region}：{identity} 已另有规定，以它为准")


@rules.command("show")
@click.option("--at", "place", default="", help="区划代码 place code")
@click.option("--as-of", "day", type=DAY, help="哪一天 on which day")
def show(place: str, day: dt.datetime | None) -> None:
    """Print the rule sets in force, and the rules that judge at a place."""
    on = day.date() if day else dt.date.today()
    try:
        book = book_on(on)
        ruleset = book.at(place)
    except LookupError as error:
        raise click.ClickException(f"这一天没有规则 {error}") from error
    for one in book.sets:
        click.echo(f"{one.region or '全国'}\t{one.identity}\t{one.effective_from}\t{one.zh}")
    click.echo(f"── {ruleset.identity} · {ruleset.scheme.zh}")
    for rule in ruleset.rules:
        colour = ruleset.scheme.colour_of(rule.code) or "-"
        click.echo(f"{colour}\t{rule.code}\t{rule.zh}\t{rule.citation.status}")


@rules.command("export")
@click.argument("identity")
def export(identity: str) -> None:
    """Print a version (code@version, as `rules show` names it) as TOML, colour scheme included."""
    click.echo(to_toml(_named(identity)), nl=False)


@rules.command("diff")
@click.argument("before")
@click.argument("after")
def diff(before: str, after: str) -> None:
    """Say in words what differs between two versions."""
    found = differences(_named(before), _named(after))
    for one in found:
        click.echo(f"{one.zh}：{_side(one, 0)}\n  {one.en}: {_side(one, 1)}")
    if not found:
        click.echo("没有不同 / nothing differs")


def _side(one: Difference, language: int) -> str:
    nothing = ("没有", "nothing")[language]
    before, after = (said[language] if said else nothing for said in (one.before, one.after))
    return f"{before} → {after}"


def _read(file: Path, scheme: str) -> Ruleset:
    path = SCHEMES / f"{scheme}.toml"
    if scheme and path not in SCHEMES.glob("*.toml"):
        known = ", ".join(sorted(one.stem for one in SCHEMES.glob("*.toml")))
        raise click.ClickException(
            f"没有这个配色方案，可用：{known} / no such scheme; known: {known}"
        )
    try:
        return load_ruleset(file, load_scheme(path) if scheme else None)
    except RulesetInvalid as error:
        click.echo(str(error), err=True)
        sys.exit(1)


def _named(identity: str) -> Ruleset:
    found = version_named(identity)
    if found is None:
        raise click.ClickException(
            f"没有 {identity}，用 yimaqing rules show 看现有的版本 / no such version"
        )
    return found
