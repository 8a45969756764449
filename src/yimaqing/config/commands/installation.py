"""`yimaqing setup`: bring database and static files to this version."""

from __future__ import annotations

import click

from yimaqing.config import installation


@click.command()
def setup() -> None:
    """安装或升级 migrate as the owner, reference data, static files."""
    for line in installation.bring_up_to_date():
        click.echo(line)
