"""Commands of the registry."""

from __future__ import annotations

import click

from yimaqing.domains.registry.actions import rotate_keys
from yimaqing.kit.crypto import new_key


@click.group()
def keys() -> None:
    """密钥 Keys of sealed columns."""


@keys.command("new")
@click.argument("number", type=click.IntRange(0, 255))
def new(number: int) -> None:
    """Print a fresh key as NUMBER:base64, to be put first in YIMAQING_DATA_KEY."""
    click.echo(f"{number}:{new_key()}")


@keys.command("rotate")
@click.option(
    "--retire-old",
    is_flag=True,
    help="停服后执行：重算索引，此后只留新密钥 services stopped: recompute indexes",
)
def rotate(retire_old: bool) -> None:
    """Seal every value with the newest key; run again after any interruption."""
    for done in rotate_keys(retire_old=retire_old):
        click.echo(f"{done.column}\t{done.values}")


commands: list[click.Command] = [keys]
