"""How far a batch is, on one line of the terminal."""

from __future__ import annotations

import sys
import time

import click
from django.utils.translation import gettext as _

from yimaqing.domains.intake.models import Batch


class Progress:
    """One line that says how far the batch is, on standard error."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._live = sys.stderr.isatty()
        self._began = time.monotonic()
        self._step = ""

    def __call__(self, step: str, batch: Batch) -> None:
        """Say where the batch is now; on a live terminal in place of what was said before."""
        if self._quiet or (not self._live and step == self._step):
            return
        self._step = step
        seconds = time.monotonic() - self._began
        said = _STEPS.get(step, step)
        line = f"#{batch.pk} {_(said)} · {batch.rows_total:,} · {seconds:.0f} s"
        click.echo(f"\r\033[K{line}" if self._live else line, err=True, nl=not self._live)

    def end(self) -> None:
        """Leave the line behind."""
        if self._live and not self._quiet:
            click.echo("", err=True)


_STEPS = {
    "reading": "读取并检查",
    "comparing": "与在册记录比对",
    "updating": "更新",
    "inserting": "新增",
    "following": "写入历史与检索",
    "finished": "完成",
}
