"""`yimaqing backup` and `yimaqing restore`."""

from __future__ import annotations

from pathlib import Path

import click

from yimaqing.config import backup as backups

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("directory", type=FOLDER)
def backup(directory: Path) -> None:
    """备份 write database and files into a new folder under DIRECTORY.

    Work goes on meanwhile: the dump is one consistent moment. The backup holds no keys;
    keep yimaqing.env somewhere else, or its personal columns can never be read again.
    """
    try:
        folder = backups.make(directory)
    except backups.BadBackup as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{folder}\n密钥不在备份中，请另存 keys are not in it: yimaqing.env")


@click.command()
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="替换现有数据 instead of what is there")
@click.option("--check", is_flag=True, help="只核对 only check that the backup is whole")
@click.option(
    "--accept-trail",
    is_flag=True,
    help="审计记录在备份前已被改动也恢复 although its audit trail was changed before it was made",
)
def restore(directory: Path, check: bool, **wanted: bool) -> None:
    """恢复 load a backup: stop `yimaqing serve` first, then run `yimaqing setup`.

    All or nothing: the old data stays until the backup is loaded and found good. Until then
    there must be room for both. A restore that failed or was killed can simply be repeated.
    """
    try:
        done = backups.check(directory) if check else backups.restore(directory, **wanted)
    except backups.BadBackup as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{done.made_at} · {done.version} · {len(done.sha256)} 个文件 files")
    if not check and backups.trail_ends_earlier():
        click.echo(
            "审计记录止于上次封存之前 the trail ends before the end that was kept when it was last"
            " sealed: 运行 run yimaqing setup && yimaqing audit seal --accept-head 原因/REASON"
        )
