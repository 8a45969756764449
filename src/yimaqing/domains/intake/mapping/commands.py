"""`yimaqing mappings`, and what `yimaqing import` needs to guess and to use one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.intake.catalogue import AUTO
from yimaqing.domains.intake.mapping.asking import as_page
from yimaqing.domains.intake.mapping.deciding import guessed
from yimaqing.domains.intake.mapping.folding import folded
from yimaqing.domains.intake.mapping.plan import Plan, plan_from, plan_from_toml
from yimaqing.domains.intake.mapping.saved import (
    area_of,
    forget_mapping,
    mappings_for,
    named,
    save_mapping,
)
from yimaqing.domains.intake.mapping.vocabulary import is_known
from yimaqing.domains.intake.messages import explain
from yimaqing.domains.intake.models import Mapping
from yimaqing.domains.intake.permissions import IMPORT
from yimaqing.domains.intake.reading import FileUnusable, open_book, sheet_of
from yimaqing.domains.intake.reading.layout import find_layout


def guesses(dataset: str, files: tuple[Path, ...], sheet: str = "") -> list[dict[str, Any]]:
    """What each sheet of each file is taken for; an unusable one with why."""
    found = []
    for file in files:
        try:
            found += [{"file": file.name, **one} for one in _of_file(dataset, file, sheet)]
        except FileUnusable as error:
            said = explain(dataset, error.code, error.params)
            failure = {"code": error.code, "reason": said.reason, "remedy": said.remedy}
            found.append({"file": file.name, "failure": failure})
    return found


def _of_file(dataset: str, file: Path, only_sheet: str) -> list[dict[str, Any]]:
    book = open_book(lambda: file.open("rb"))
    pages = [book.page(only_sheet)] if only_sheet else [p for p in book.pages if p.visible]
    found: list[dict[str, Any]] = []
    for page in [p for p in pages if p.readable]:
        try:
            sheet = sheet_of(book, page)
        except FileUnusable as error:
            if error.code != "empty" or len(pages) == 1:
                raise
            continue
        layout = find_layout(sheet.first, sheet.merged, is_known)
        if layout is None:
            found.append({"sheet": page.name, "dataset": None, "columns": []})
            continue
        guess = guessed(sheet, layout, "" if dataset == AUTO else dataset)
        whole = folded(sheet, layout, guess)
        found.append(as_page(guess, sheet, layout))
        if whole is not None and len(lacking := [*whole.missing, *whole.lacking]) <= 2:
            found[-1]["also"] = as_page(replace(whole, missing=lacking), sheet, layout)
    return found


def plan_for(name: str, dataset: str, user: User | None) -> Plan:
    """The mapping of a file (TOML, or JSON as ``--guess`` prints it), else a saved one's.

    Raise FileUnusable.
    """
    path = Path(name)
    if path.suffix.lower() == ".toml" and path.is_file():
        return plan_from_toml(path.read_text(encoding="utf-8"))
    if path.suffix.lower() == ".json" and path.is_file():
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise FileUnusable("mapping_broken", why=str(error)[:80]) from error
        content = content[0] if isinstance(content, list) and content else content
        return plan_from(content.get("plan", content) if isinstance(content, dict) else {})
    area = area_of(scope_of(user, IMPORT)) if user else ""
    return named(name, "" if dataset == AUTO else dataset, area)


def forget_named(name: str, area: str) -> None:
    """Remove the saved mappings of that name, of an area or of all."""
    held = Mapping.objects.using("owner").filter(name=name)
    held = held.filter(area=area) if area else held
    if not held:
        raise click.ClickException(str(explain("", "mapping_unknown", {"name": name})))
    for one in held:
        forget_mapping(mapping=one, by=None, using="owner")
        click.echo(f"{one.dataset} {one.name}")


@click.command("mappings")
@click.option("--export", "exported", metavar="NAME", help="输出为 TOML write as TOML")
@click.option("--save", "saved", metavar="NAME", help="以该名称保存 --file save FILE under NAME")
@click.option("--file", "file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option("--forget", "forgotten", metavar="NAME", help="删除 remove NAME")
@click.option("--area", default="", help="用于哪里：区划代码开头几位 first digits of places")
@click.option("--json", "as_json", is_flag=True)
def mappings(
    exported: str | None,
    saved: str | None,
    file: Path | None,
    forgotten: str | None,
    area: str,
    as_json: bool,
) -> None:
    """保存的各列对应 Saved mappings of layouts: list, export, save, remove."""
    try:
        if saved and file:
            held = save_mapping(
                name=saved, plan=plan_for(str(file), AUTO, None), area=area, by=None, using="owner"
            )
            click.echo(f"{held.dataset} {held.name}")
            return
        if exported:
            click.echo(named(exported, "", area).as_toml(), nl=False)
            return
    except FileUnusable as error:
        raise click.ClickException(str(explain("", error.code, error.params))) from error
    if forgotten:
        forget_named(forgotten, area)
        return
    held_here = Mapping.objects.using("owner").order_by("dataset", "name")
    if area:
        held_here = mappings_for(area, using="owner")
    rows = [
        {"name": m.name, "dataset": m.dataset, "area": m.area, "used": m.used} for m in held_here
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows or [{}]:
        click.echo("  ".join(map(str, row.values())) if row else _("还没有保存过。"))
