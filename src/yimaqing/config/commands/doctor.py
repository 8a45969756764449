"""`yimaqing doctor`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from yimaqing.config.doctor import Finding, State, examine

MARKS = {State.OK: ("✓", "green"), State.WARN: ("!", "yellow"), State.FAIL: ("✗", "red")}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="one JSON object")
def doctor(as_json: bool) -> None:
    """体检 say what is wrong with this installation, and how to mend it.

    Exit status 1 when something is broken or unsafe; warnings alone leave it 0.
    """
    found: list[Finding] = []
    for finding in examine():
        found.append(finding)
        if not as_json:
            _show(finding)
    sound = all(finding.state != State.FAIL for finding in found)
    if as_json:
        report = {"sound": sound, "findings": [asdict(finding) for finding in found]}
        click.echo(json.dumps(report, ensure_ascii=False, indent=1))
    sys.exit(0 if sound else 1)


def _show(finding: Finding) -> None:
    mark, colour = MARKS[finding.state]
    click.echo(f"{click.style(mark, fg=colour)} {finding.message}")
    if finding.remedy:
        click.echo(f"    → {finding.remedy}")
