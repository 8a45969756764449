"""`yimaqing duplicates`: find, list, merge, unmerge."""

from __future__ import annotations

import json
from typing import Any

import click

from yimaqing.domains.registry.duplicates import EVERYWHERE
from yimaqing.domains.registry.duplicates.deciding import CannotUnmerge, merge, unmerge
from yimaqing.domains.registry.duplicates.merging import CannotMerge
from yimaqing.domains.registry.duplicates.review import Line, pairs
from yimaqing.domains.registry.models import Decision, Duplicate, Merge
from yimaqing.kit.ids import subtree_bounds
from yimaqing.kit.rowscope import Scope, scoped

_LEVELS = {2: 1, 4: 2, 6: 3, 9: 4, 12: 5}
as_json = click.option("--json", "as_json", is_flag=True, help="以 JSON 输出 as JSON")


@click.group()
def duplicates() -> None:
    """重复资料 Persons and households registered twice."""


@duplicates.command("find")
@click.argument("place", required=False)
@as_json
def find_command(place: str | None, as_json: bool) -> None:
    """Search PLACE (a code of 2, 4, 6, 9 or 12 digits; default: everywhere) for duplicates."""
    from yimaqing.domains.registry.duplicates.finding import find

    found = find(**dict(zip(("low", "high"), _bounds(place), strict=True)))
    said = (
        f"比较 {found.persons} 人：新 {found.new} 对，仍在 {found.again} 对，消失 {found.gone} 对"
    )
    _say(vars(found), said, as_json=as_json)


@duplicates.command("list")
@click.option("--state", type=click.Choice(Decision.values), default="open")
@as_json
def list_command(state: str, as_json: bool) -> None:
    """List pairs, likeliest first: number, percent, names masked, places, reasons."""
    shown: list[dict[str, Any]] = []
    with scoped(Scope.everything()):
        lines, after = pairs(state=state)
        shown += map(_line, lines)
        while after is not None:
            lines, after = pairs(state=state, after=after)
            shown += map(_line, lines)
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    for one in shown:
        click.echo("\t".join(map(str, one.values())))


@duplicates.command("merge")
@click.argument("number", type=int)
@click.option("--keep", type=click.Choice(["left", "right"]), required=True)
@click.option("--take", multiple=True, help="取另一份的项目 field taken from the other record")
@click.option("--reason", required=True, help="依据 why")
@as_json
def merge_command(
    number: int, keep: str, take: tuple[str, ...], reason: str, as_json: bool
) -> None:
    """Merge the pair NUMBER; the record that is kept stands --keep left or right."""
    try:
        with scoped(Scope.everything()):
            held = Duplicate.objects.get(pk=number)
            stays = held.left_id if keep == "left" else held.right_id
            made = merge(duplicate=held, keep=stays, take=take, by=None, reason=reason)
    except Duplicate.DoesNotExist as error:
        raise click.ClickException(f"没有第 {number} 对 no such pair") from error
    except CannotMerge as error:
        raise click.ClickException(str(error)) from error
    _say({"merge": made.pk}, f"已合并 merged: {made.pk}", as_json=as_json)


@duplicates.command("unmerge")
@click.argument("number", type=int)
@click.option("--reason", required=True, help="依据 why")
@as_json
def unmerge_command(number: int, reason: str, as_json: bool) -> None:
    """Take the merge NUMBER back."""
    try:
        with scoped(Scope.everything()):
            left = unmerge(merge=Merge.objects.get(pk=number), by=None, reason=reason)
    except Merge.DoesNotExist as error:
        raise click.ClickException(f"没有第 {number} 次合并 no such merge") from error
    except CannotUnmerge as error:
        raise click.ClickException(str(error)) from error
    _say({"left": left}, f"已撤销，此后改动而保留 {left} 处 kept as changed since", as_json=as_json)


def _bounds(place: str | None) -> tuple[str, str]:
    if not place:
        return EVERYWHERE
    if len(place) not in _LEVELS or not place.isdigit():
        raise click.BadParameter("2、4、6、9 或 12 位区划代码 a code of 2, 4, 6, 9 or 12 digits")
    return subtree_bounds(place, _LEVELS[len(place)])


def _line(line: Line) -> dict[str, Any]:
    return {
        "number": line.duplicate.pk,
        "kind": line.duplicate.kind,
        "percent": line.percent,
        "left": f"{line.left_place} {line.left}",
        "right": f"{line.right_place} {line.right}",
        "reasons": "、".join(said for said, supports in line.reasons if supports),
    }


def _say(facts: dict[str, Any], words: str, *, as_json: bool) -> None:
    click.echo(json.dumps(facts, ensure_ascii=False) if as_json else words)
