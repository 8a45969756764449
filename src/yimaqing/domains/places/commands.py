"""Commands of the places domain."""

from __future__ import annotations

import datetime as dt
import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from yimaqing.domains.places.actions import (
    BadDivisionFile,
    BadFormerCodes,
    BadRecode,
    load_boundaries,
    load_divisions,
    load_former_codes,
    recode,
)

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def divisions() -> None:
    """行政区划 Divisions of the state."""


@divisions.command("load")
@click.argument("file", type=FILE)
@click.option("--edition", type=DAY, help="版本日期 day of the edition (default: today)")
@click.option("--json", "as_json", is_flag=True)
def load(file: Path, edition: dt.datetime | None, as_json: bool) -> None:
    """Load a division file: code, name, level, parent_code, unit_type."""
    try:
        done = load_divisions(file, edition=edition.date() if edition else dt.date.today())
    except BadDivisionFile as error:
        for fault in error.faults:
            click.echo(f"第 {fault.line} 行 {fault.column}: {fault.reason}", err=True)
        sys.exit(2)
    if as_json:
        click.echo(json.dumps(asdict(done)))
    else:
        click.echo(
            f"新增 {done.created} · 更新 {done.updated} · 不变 {done.unchanged} · 终止 {done.ended}"
        )


@click.group()
def boundaries() -> None:
    """行政边界 Outlines of places (GeoJSON, WGS84)."""


@boundaries.command("load")
@click.argument("file", type=FILE)
@click.option("--source", required=True, help="来源与许可 source and licence, shown on the map")
def load_outlines(file: Path, source: str) -> None:
    """Load outlines; features whose code is unknown are named and left out."""
    loaded, unknown = load_boundaries(file, source=source)
    click.echo(f"已载入 {loaded} 个边界")
    if unknown:
        click.echo(f"未知代码 unknown codes: {', '.join(unknown)}", err=True)
        sys.exit(1)


@click.group()
def places() -> None:
    """地点 Places."""


@places.command("recode")
@click.argument("old_code")
@click.argument("new_code")
@click.option("--on", type=DAY, required=True, help="生效日期 first day of the new code")
@click.option("--reason", required=True, help="依据 the document that orders it")
@click.option("--renamed", is_flag=True, help="更名 one place, renamed: keep its old name")
def recode_command(
    old_code: str, new_code: str, on: dt.datetime, reason: str, renamed: bool
) -> None:
    """Move every record of OLD_CODE (and below) to NEW_CODE, in one transaction."""
    try:
        moved = recode(old_code, new_code, on=on.date(), reason=reason, renamed=renamed)
    except BadRecode as error:
        raise click.ClickException(str(error)) from error
    for table, rows in moved.items():
        click.echo(f"{table}\t{rows}")


@places.command("former")
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True)
def former(file: Path, as_json: bool) -> None:
    """旧代码对照 Enter what former codes became: old_code, new_code, on, reason (or kind).

    For codes that the register never held: sheets that still use them are told the code of today.
    A code in use is changed with `places recode`. All rows or none; the same file again adds none.
    """
    try:
        done = load_former_codes(file)
    except BadFormerCodes as error:
        for fault in error.faults:
            click.echo(f"第 {fault.line} 行 {fault.column}: {fault.reason}", err=True)
        sys.exit(2)
    said = f"新增 created {done.created} · 不变 unchanged {done.unchanged}"
    click.echo(json.dumps(asdict(done)) if as_json else said)


commands: list[click.Command] = [divisions, boundaries, places]
