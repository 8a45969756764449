"""Income lines that the installation enters with the document that sets them."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from yimaqing.domains.audit.actions import Actor, record
from yimaqing.domains.monitoring.models import IncomeLine
from yimaqing.domains.monitoring.rules import load_lines


@transaction.atomic
def set_income_lines(*, path: Path, by: Actor | None, actor: str = "system:rules") -> int:
    """Take the lines of a TOML file in place of those entered before; how many there are.

    Raise RulesetInvalid, with every fault of the file, and change nothing.
    """
    lines = load_lines(path)
    IncomeLine.objects.all().delete()
    IncomeLine.objects.bulk_create(
        IncomeLine(
            kind=line.kind,
            region=line.region,
            year=line.year,
            value_yuan=line.value_yuan,
            source=line.citation.text,
            url=line.citation.url,
            status=line.citation.status,
        )
        for line in lines
    )
    record(
        action="monitoring.income_lines_set",
        by=by,
        actor=actor,
        after={"lines": [[ln.kind, ln.region, ln.year, ln.value_yuan] for ln in lines]},
    )
    return len(lines)
