"""Commands of the registry."""

from __future__ import annotations

import click

from yimaqing.domains.audit.actions import NumberTaken
from yimaqing.domains.intake.actions import StillRunning
from yimaqing.domains.registry.actions import rotate_keys
from yimaqing.domains.registry.duplicates.commands import duplicates
from yimaqing.kit.crypto import CannotOpen, new_key


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
    """Seal every value and kept file with the newest key; run again after any interruption."""
    try:
        for done in rotate_keys(retire_old=retire_old):
            click.echo(f"{done.column}\t{done.values}")
            if done.left:
                click.echo(
                    f"{done.left} 户的户主证件号不在人员名单中，索引未能重算，请重新导入户名单"
                    " (heads unknown to the register: import their households again)",
                    err=True,
                )
    except CannotOpen as error:
        raise click.ClickException(
            f"打不开，旧密钥还不能停用 cannot be opened, keep the old key: {error}"
        ) from error
    except StillRunning as error:
        raise click.ClickException(
            f"批次 {error} 正在导入，待其完成再试 batch is being imported, try again after it"
        ) from error
    except NumberTaken as error:
        raise click.ClickException(
            f"密钥号 {error} 用过，请用新号 this number was used before, make a key with another"
        ) from error


commands: list[click.Command] = [keys, duplicates]
