"""Commands of the cockpit."""

from __future__ import annotations

import datetime as dt
import json

import click

from yimaqing.domains.cockpit.actions import BadTarget, remove_target, set_target
from yimaqing.domains.cockpit.models import Target

DAY = click.DateTime(["%Y-%m-%d"])
_PLACE = click.option("--place", "place_code", required=True, help="地点代码 12 digits")


@click.group()
def targets() -> None:
    """目标 Targets shown beside the cockpit's figures."""


@targets.command("set")
@click.argument("measure")
@_PLACE
@click.option("--at-most", type=click.IntRange(min=0), help="不超过 no more than")
@click.option("--at-least", type=click.IntRange(min=0), help="不少于 no fewer than")
@click.option("--by", "due_on", type=DAY, required=True, help="期限 last day")
@click.option("--document", required=True, help="依据 the document that sets it")
def set_command(
    measure: str,
    place_code: str,
    at_most: int | None,
    at_least: int | None,
    due_on: dt.datetime,
    document: str,
) -> None:
    """Set the target of MEASURE (colour.red, group.any …) at a place; replaces an earlier one."""
    if (at_most is None) == (at_least is None):
        raise click.UsageError("--at-most 与 --at-least 选其一 give one of the two")
    value = at_most if at_most is not None else at_least
    assert value is not None  # noqa: S101 - one of the two is given
    try:
        set_target(
            place_code=place_code,
            measure=measure,
            bound="most" if at_most is not None else "least",
            value=value,
            due_on=due_on.date(),
            document=document,
        )
    except BadTarget as error:
        raise click.ClickException(str(error)) from error
    click.echo("已设定 set")


@targets.command("remove")
@click.argument("measure")
@_PLACE
def remove_command(measure: str, place_code: str) -> None:
    """Take the target of MEASURE at a place away."""
    try:
        remove_target(place_code=place_code, measure=measure)
    except BadTarget as error:
        raise click.ClickException(str(error)) from error
    click.echo("已取消 removed")


@targets.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_command(as_json: bool) -> None:
    """List every target."""
    held = list(
        Target.objects.using("owner")
        .order_by("place_code", "measure")
        .values("place_code", "measure", "bound", "value", "due_on", "document")
    )
    if as_json:
        click.echo(json.dumps(held, ensure_ascii=False, default=str))
        return
    for one in held:
        bound = "≤" if one["bound"] == "most" else "≥"
        says = f"{one['place_code']} {one['measure']} {bound} {one['value']:,}"
        click.echo(f"{says} · {one['due_on']} · {one['document']}")


commands: list[click.Command] = [targets]
