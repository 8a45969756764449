"""One household judged at once, in the transaction that changed it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from yimaqing.domains.monitoring.compiled import one_household_sql
from yimaqing.domains.monitoring.events import warnings_closed, warnings_raised
from yimaqing.domains.monitoring.models import COLOUR_RANK, LiveEvaluation, Warning
from yimaqing.domains.monitoring.rulebook import act_by, in_force
from yimaqing.domains.monitoring.rules import Clock, Ruleset, day_of

#: Shared by single judgements, exclusive to a batch that applies its findings: so neither
#: overrules what it has not seen, and they never wait for each other crosswise.
APPLYING = 0x59_4D_57_41

_COMPARED = ("colour", "ruleset_version", "reading_ids", "person_ids", "value_yuan", "limit_yuan")


@transaction.atomic
def evaluate_household(*, household_id: int, place_code: str) -> list[Warning]:
    """Raise, change and close the warnings of a household; the open ones, most severe first.

    Runs in the caller's transaction: the reading and its warning are stored together or not
    at all. The household's row is locked, so that two readings stored at the same moment
    are judged one after the other and the second sees the first.
    """
    today = timezone.localdate()
    ruleset = in_force(today, place_code)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [APPLYING])
        cursor.execute(
            "SELECT FROM registry_household WHERE place_code = %s AND id = %s FOR NO KEY UPDATE",
            [place_code, household_id],
        )
    found = findings_of(household_id, place_code, ruleset, today)
    held = list(
        Warning.objects.filter(place_code=place_code, household_id=household_id, closed_at=None)
    )
    open_now = {w.rule_code: w for w in held if w.scheme == ruleset.scheme.code}
    for warning in held:
        # Colours of a scheme that is no longer in force mean nothing any more.
        if warning.scheme != ruleset.scheme.code or warning.rule_code not in found:
            _close(warning)
    for code, values in found.items():
        _raise_or_change(open_now.get(code), values, ruleset, today)
    LiveEvaluation.objects.update_or_create(
        household_id=household_id, defaults={"place_code": place_code, "at": timezone.now()}
    )
    return list(
        Warning.objects.filter(
            place_code=place_code, household_id=household_id, closed_at=None
        ).order_by("colour_rank", "id")
    )


def findings_of(
    household_id: int, place_code: str, ruleset: Ruleset, day: dt.date
) -> dict[str, dict[str, Any]]:
    """The rules that fire for a household: rule code → columns of the findings table."""
    sql, _standing = one_household_sql(ruleset, Clock(day))
    with connection.cursor() as cursor:
        cursor.execute(sql, {"household": household_id, "place": place_code})
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {row["rule_code"]: row for row in rows if row["colour"]}


def _close(warning: Warning) -> None:
    warning.closed_at = warning.changed_at = timezone.now()
    warning.save(update_fields=["closed_at", "changed_at"])
    warnings_closed.send(Warning, warning_ids=[warning.pk], using="default")


def _raise_or_change(
    held: Warning | None, found: dict[str, Any], ruleset: Ruleset, today: dt.date
) -> None:
    values = {name: found[name] for name in _COMPARED}
    rule = ruleset.by_code[found["rule_code"]]
    if held is None:
        warning = Warning.objects.create(
            place_code=found["place_code"],
            household_id=found["household_id"],
            rule_code=found["rule_code"],
            indicator=found["indicator"],
            scheme=found["scheme"],
            colour_rank=COLOUR_RANK[found["colour"]],
            since=day_of(found["since_day"]) or today,
            act_by=act_by(ruleset, found["colour"], today),
            text_zh=rule.zh,
            text_en=rule.en,
            **values,
        )
        warnings_raised.send(Warning, warning_ids=[warning.pk], using="default")
    elif any(getattr(held, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(held, name, value)
        held.colour_rank = COLOUR_RANK[held.colour]
        held.text_zh, held.text_en = rule.zh, rule.en
        held.changed_at = timezone.now()
        held.save(update_fields=[*values, "colour_rank", "text_zh", "text_en", "changed_at"])
