"""`yimaqing export`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import BinaryIO

import click
from django.db import transaction
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.actions import normal_username
from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.audit.actions import record
from yimaqing.domains.lists.actions.exports import FORMATS
from yimaqing.domains.lists.asking import Question, is_askable
from yimaqing.domains.lists.catalogue import UnknownListing, listing, listings
from yimaqing.domains.lists.producing import Task, pour
from yimaqing.domains.lists.queries import bounds_of
from yimaqing.kit.listing import Listing
from yimaqing.kit.rowscope import Scope, scoped

_WRONG = 2


class _Counting:
    """Writes into a file beside its name; how far it is, on the terminal."""

    def __init__(self, file: BinaryIO, *, quiet: bool) -> None:
        self._file = file
        self._quiet = quiet

    def write(self, data: bytes) -> None:
        self._file.write(data)

    def told(self, rows: int) -> None:
        if not self._quiet and sys.stderr.isatty():
            click.echo(f"\r{rows:,}", nl=False, err=True)


@click.command("export")
@click.argument("name", metavar="LIST")
@click.option("--format", "file_format", type=click.Choice(FORMATS), default="csv")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option(
    "--filter", "filters", multiple=True, metavar="COLUMN=VALUE", help="可重复 repeatable"
)
@click.option("--columns", default="", help="逗号分隔 comma-separated (default: all)")
@click.option("--place", "place_code", default="", help="地点代码 12 digits")
@click.option("--sort", default="")
@click.option("--as", "username", help="以该用户的范围导出 within this user's area")
@click.option("--purpose", default="", help="用途 why (required with --clear)")
@click.option("--clear", is_flag=True, help="完整姓名和号码 names and numbers in full")
@click.option("--json", "as_json", is_flag=True)
def export(
    name: str,
    file_format: str,
    out: Path,
    filters: tuple[str, ...],
    columns: str,
    place_code: str,
    sort: str,
    username: str | None,
    purpose: str,
    clear: bool,
    as_json: bool,
) -> None:
    """导出名单 Export LIST (households, persons, payments …) into a file.

    The file appears under its name when it is whole; run again after a kill, it is written
    anew. A value of --filter is a slug, ``a..b`` between two, ``~`` for blank. Exit status: 0
    written, 2 wrong list, filter or user.
    """
    try:
        wanted = listing(name)
        question = _question(wanted, filters, columns, place_code, sort)
        viewer = _user(username, wanted) if username else None
    except (UnknownListing, ValueError) as error:
        click.echo(str(error), err=True)
        sys.exit(_WRONG)
    if clear and not purpose.strip():
        click.echo(_("请写明导出用途。"), err=True)
        sys.exit(_WRONG)
    task = Task(
        listing=wanted,
        question=question,
        viewer=viewer,
        file_format=file_format,
        purpose=purpose or "yimaqing export",
        number="—",
        clear=clear,
        using="default" if viewer else "owner",
    )
    rows = _write(task, out, quiet=as_json)
    said = {"list": name, "rows": rows, "file": str(out), "bytes": out.stat().st_size}
    click.echo(json.dumps(said, ensure_ascii=False) if as_json else f"{rows:,} → {out}")


def _write(task: Task, out: Path, *, quiet: bool) -> int:
    unfinished = out.with_name(f".{out.name}.unfinished")
    try:
        with unfinished.open("wb") as file:
            unfinished.chmod(0o600)  # personal data
            sink = _Counting(file, quiet=quiet)
            if task.viewer:
                scope = scope_of(task.viewer, task.listing.permission)
                with scoped(scope):
                    rows = pour(task, sink, None, sink.told)
            else:
                with transaction.atomic(using="owner"), scoped(Scope.everything()):
                    rows = pour(task, sink, None, sink.told)
        _log(task, rows)
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
    return rows


def _log(task: Task, rows: int) -> None:
    record(
        action="lists.export_written",
        by=task.viewer,
        actor="" if task.viewer else "system:export",
        place_code=task.question.place,
        subject=("listing", task.listing.slug),
        purpose=task.purpose,
        after={"listing": task.listing.slug, "rows": rows, "clear": task.clear},
        using="owner",
    )


def _question(
    wanted: Listing, filters: tuple[str, ...], columns: str, place_code: str, sort: str
) -> Question:
    """What the options ask; raise ValueError in words."""
    asked: dict[str, tuple[str, ...]] = {}
    names = ", ".join(one.name for one in wanted.columns)
    for text in filters:
        name, _equals, value = text.partition("=")
        column = wanted.column(name)
        if column is None or not column.filter:
            raise ValueError(f"--filter {text}: {name}? 有 there are: {names}")
        if not is_askable(column, value):
            known = list(column.table.shown) if column.table else ""
            raise ValueError(f"--filter {text}: {value}? {known}".rstrip())
        asked[name] = (*asked.get(name, ()), value)
    chosen = tuple(filter(None, columns.split(","))) or tuple(c.name for c in wanted.columns)
    unknown = [one for one in chosen if wanted.column(one) is None]
    if unknown:
        raise ValueError(f"--columns {unknown[0]}? 有 there are: {names}")
    if place_code and bounds_of(place_code) is None:
        raise ValueError(f"--place {place_code}?")
    return Question(wanted.slug, place=place_code, filters=asked, sort=sort, columns=chosen)


def _user(username: str, wanted: Listing) -> User:
    user = User.objects.filter(username=normal_username(username), is_active=True).first()
    if user is None:
        raise ValueError(f"--as {username}?")
    scope = scope_of(user, wanted.permission)
    if not (scope.ranges or scope.household_ids):
        raise ValueError(f"--as {username}: {_('你的角色不能查看这份名单。')}")
    return user


@click.command("lists")
@click.option("--json", "as_json", is_flag=True)
def show_lists(as_json: bool) -> None:
    """名单与各列 Lists and their columns, for `yimaqing export`."""
    if as_json:
        said = [
            {"list": slug, "label": str(one.label), "columns": [c.name for c in one.columns]}
            for slug, one in listings().items()
        ]
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    for one in listings().values():
        click.echo(f"{one.slug}  {one.label}")
        click.echo("  " + ", ".join(column.name for column in one.columns))


commands = [export, show_lists]
