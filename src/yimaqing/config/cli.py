"""`yimaqing`: one command for everything that an operator does.

``db`` works before there is a database, a key or a valid setting. Every other command
gets Django set up first, and each domain's own commands are found through its plug-in.
"""

from __future__ import annotations

import os
import sys

import click
import django
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.utils import translation

from yimaqing.config.commands.backup import backup, restore
from yimaqing.config.commands.bench import bench
from yimaqing.config.commands.db import db
from yimaqing.config.commands.doctor import doctor
from yimaqing.config.commands.installation import setup
from yimaqing.config.commands.services import jobs, serve
from yimaqing.config.demo import demo
from yimaqing.kit.plugins import plugins

BEFORE_DJANGO = {"db": db, "bench": bench, "demo": demo}
OWN = {str(command.name): command for command in (setup, serve, jobs, doctor, backup, restore)}


def language() -> str:
    """The language of messages, by the terminal's locale: Chinese unless it says otherwise."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "en" if value.startswith("en") else "zh-hans"
    return "zh-hans"


def set_up_django() -> None:
    """Load settings and applications; raises ImproperlyConfigured, ValueError."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yimaqing.config.settings")
    if not apps.ready:
        django.setup()
    translation.activate(language())


class Commands(click.Group):
    """The group that adds the domains' commands once Django is set up."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names; the domains' too when the settings are sound enough to load them."""
        try:
            found = self._with_django()
        except (ImproperlyConfigured, ValueError) as error:
            click.echo(f"settings: {error}", err=True)
            found = OWN
        return sorted(BEFORE_DJANGO | found)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, with Django set up if it needs that."""
        return (
            BEFORE_DJANGO.get(cmd_name) or self._own(cmd_name) or self._with_django().get(cmd_name)
        )

    def _own(self, name: str) -> click.Command | None:
        """A command of the installation: without what the domains' commands import."""
        if name in OWN:
            set_up_django()
        return OWN.get(name)

    def _with_django(self) -> dict[str, click.Command]:
        set_up_django()
        domains = {
            str(command.name): command
            for module in plugins("commands")
            for command in module.commands
        }
        return {**domains, **OWN}


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def program() -> None:
    """一码清 Yimaqing: one code for every household, village, township and county."""


def main() -> None:
    """Run `yimaqing`; faults that an operator can mend are said in a line, not a trace."""
    try:
        program(prog_name="yimaqing")
    except ImproperlyConfigured as error:
        sys.exit(f"设置有误 settings: {error}")
    except OperationalError as error:
        sys.exit(
            f"数据库连不上 the database does not answer: {error}"
            "→ yimaqing db start; yimaqing doctor"
        )
