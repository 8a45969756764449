"""Commands of recognition."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.group()
def procedures() -> None:
    """识别与退出的程序 the procedure of recognition and removal."""


@procedures.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """检查程序文件 check a procedure set before it goes into the home as procedures.toml."""
    from yimaqing.domains.recognition.loading import BadProcedureSet, load

    try:
        made = load(file)
    except BadProcedureSet as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    click.echo(f"{made.name} {made.zh}")
    click.echo(f"期限 terms: {len(made.waits)} · 不得消除的情形 forbidding: {len(made.forbids)}")


commands = [procedures]
