"""Everything judged from a snapshot, and the warnings brought into line with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from yimaqing.analytics import engines, lake
from yimaqing.analytics.connection import connect
from yimaqing.analytics.lake import Snapshot
from yimaqing.analytics.snapshot import add_results, greatest, take
from yimaqing.domains.audit.actions import record
from yimaqing.domains.monitoring.actions.doubts import judge_since, refresh_doubts
from yimaqing.domains.monitoring.actions.live import APPLYING
from yimaqing.domains.monitoring.checks.programme import DOUBT, checking
from yimaqing.domains.monitoring.events import evaluated, warnings_closed, warnings_raised
from yimaqing.domains.monitoring.models import Run, Warning
from yimaqing.domains.monitoring.rulebook import act_by, book_on, question
from yimaqing.domains.monitoring.rules import (
    FINDING,
    STANDING,
    Clock,
    Rulebook,
    check_ids,
    programme,
)
from yimaqing.domains.registry import tables

Progress = Callable[[str], None]

#: What was judged at once may have been committed so much later than its own time.
UNDER_WAY = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Outcome:
    """What a run did: households judged, warnings raised, changed, closed."""

    snapshot: str
    as_of: dt.date
    households: int
    raised: int
    changed: int
    closed: int


def run(*, progress: Progress = lambda _: None) -> Outcome:
    """Take a snapshot, judge every household as of today, bring the warnings into line.

    Killed at any point, run again: an unfinished snapshot does not count and is cleared
    away, and warnings change in one transaction. Raise LakeBusy while another run writes,
    EngineUnusable before anything is done when the engine of the settings cannot be had.
    """
    return list(_run([timezone.localdate()], progress))[-1]


def run_past(days: Sequence[dt.date], *, progress: Progress = lambda _: None) -> Iterator[Outcome]:
    """Judge every household as of past days, from one snapshot, for the trend.

    The warnings stay as they are: only the figures of those days are kept by whoever
    listens to ``evaluated``. Raise ValueError for a day that is not past.
    """
    if any(day >= timezone.localdate() for day in days):
        raise ValueError("run_past judges past days; run judges today")
    return _run(days, progress)


def _run(days: Sequence[dt.date], progress: Progress) -> Iterator[Outcome]:
    today = timezone.localdate()
    engines.check(settings.ANALYTICS)
    with lake.writing(settings.LAKE):
        taken = _taken(progress)
        check_ids(greatest(taken, "registry.reading", "id"))
        for day in days:
            yield _judge(taken, day, today, progress)
        if today not in days:
            lake.remove(taken.path)
        lake.prune(settings.LAKE, settings.SNAPSHOT_DAYS)


def take_snapshot(*, progress: Progress = lambda _: None) -> Snapshot:
    """Keep the published tables as of now, unjudged, for work outside the product.

    Raise LakeBusy while another run is writing.
    """
    with lake.writing(settings.LAKE):
        taken = lake.finish(_taken(progress))
        lake.prune(settings.LAKE, settings.SNAPSHOT_DAYS)
    return taken


def _taken(progress: Progress) -> Snapshot:
    """What the registry publishes, all of one moment."""
    return take(
        url=owner_url(),
        lake=settings.LAKE,
        tables=tables.tables,
        order=tables.order,
        progress=progress,
    )


def _judge(taken: Snapshot, day: dt.date, today: dt.date, progress: Progress) -> Outcome:
    started = timezone.now()
    book = book_on(day)
    progress(f"rules {day}")
    if day == today:
        snapshot = _evaluated(taken, taken.path, book, day)
        progress("warnings")
        raised, changed, closed = _apply(snapshot, book, today)
        progress("checks")
        refresh_doubts(snapshot)
        judge_since(snapshot.taken_at - UNDER_WAY)
    else:
        aside = lake.new_directory(settings.LAKE, dt.datetime.now(dt.UTC))
        snapshot = _evaluated(taken, aside, book, day)
        raised = changed = closed = 0
    households = snapshot.count(STANDING)
    Run.objects.using("owner").create(
        as_of=day,
        snapshot=snapshot.name,
        ruleset_version=book.identity,
        started_at=started,
        households=households,
        raised=raised,
        changed=changed,
        closed=closed,
    )
    evaluated.send(Run, snapshot=snapshot.name, as_of=day)
    if day != today:
        lake.remove(snapshot.path)
    return Outcome(snapshot.name, day, households, raised, changed, closed)


def _evaluated(taken: Snapshot, target: Path, book: Rulebook, day: dt.date) -> Snapshot:
    """Judge what was taken as of a day; results of a past day stand in a directory aside.

    Each rule set judges the places of its area.
    """
    past = target != taken.path
    names = [STANDING] if past else [STANDING, FINDING, DOUBT]
    with engines.opened(settings.ANALYTICS, spill=settings.LAKE / "spill") as engine:
        for area, ruleset, there in book.parts(taken):
            whole = programme(ruleset, Clock(day), area)
            if past:  # a trend needs no reasons
                whole = replace(whole, outputs=whole.outputs[:1])
            engine(there, whole, target)
            if not past:
                engine(there, checking(question(day, ruleset), area), target)
    facts: dict[str, Any] = {
        "as_of": day.isoformat(),
        "ruleset": book.identity,
        "scheme": ", ".join(sorted({one.scheme.code for one in book.sets})),
        "past": past,
    }
    held = Snapshot(target, taken.taken_at, {}) if past else taken
    return lake.finish(replace(add_results(held, names), facts=facts))


def owner_url() -> str:
    """The address behind the alias ``owner``: row-level security would hide rows from others."""
    at = connections["owner"].settings_dict
    user, password = (quote(str(at[name]), safe="") for name in ("USER", "PASSWORD"))
    where = urlencode(
        {"host": at["HOST"], "port": at["PORT"]} if at["PORT"] else {"host": at["HOST"]}
    )
    return f"postgresql://{user}:{password}@/{at['NAME']}?{where}"


def _rows(snapshot: Snapshot) -> Iterator[tuple[Any, ...]]:
    """Findings of the snapshot in the order of the staging table, a batch at a time."""
    files = snapshot.files(FINDING)
    if not files:
        return
    with connect() as connection:
        cursor = connection.execute(
            "SELECT household_id, place_code, rule_code, indicator, scheme, colour,"
            " ruleset_version, reading_ids, person_ids, value_yuan, limit_yuan,"
            " DATE '1970-01-01' + since_day FROM read_parquet(?, hive_partitioning = false)"
            " WHERE colour <> ''",
            [files],
        )
        while batch := cursor.fetchmany(10_000):
            yield from batch


def _apply(snapshot: Snapshot, book: Rulebook, today: dt.date) -> tuple[int, int, int]:
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [APPLYING])
        cursor.execute(STAGE)
        with cursor.copy("COPY found FROM STDIN") as copy:
            for row in _rows(snapshot):
                copy.write_row(row)
        cursor.execute(WORDS)
        with cursor.copy("COPY words FROM STDIN") as copy:
            for row in _words(book, today):
                copy.write_row(row)
        values: dict[str, Any] = {"from": snapshot.taken_at - UNDER_WAY, "today": today}
        cursor.execute(FORGET_LATER, values)
        raised, changed, closed = (
            _ids(cursor, statement, values) for statement in (RAISE, CHANGE, CLOSE)
        )
        counts = len(raised), len(changed), len(closed)
        record(
            action="monitoring.evaluated",
            by=None,
            actor="system:monitoring",
            subject=("snapshot", snapshot.name),
            after=dict(zip(("raised", "changed", "closed"), counts, strict=True)),
            using="owner",
        )
        for signal, ids in ((warnings_raised, raised), (warnings_closed, closed)):
            if ids:
                signal.send(Warning, warning_ids=ids, using="owner")
    return counts


def _words(book: Rulebook, today: dt.date) -> Iterator[tuple[Any, ...]]:
    """What each rule of each rule set is called, and until when to act on it."""
    for one in book.sets:
        days = {colour.code: act_by(one, colour.code, today) for colour in one.scheme.colours}
        for rule in one.rules:
            if colour := one.scheme.colour_of(rule.code):
                yield one.identity, rule.code, rule.zh, rule.en, days[colour]


def _ids(cursor: CursorWrapper, statement: str, values: dict[str, Any]) -> list[int]:
    """The warnings that a statement wrote."""
    cursor.execute(statement + " RETURNING w.id", values)
    return [row[0] for row in cursor.fetchall()]


STAGE = """
CREATE TEMP TABLE found (household_id bigint, place_code text COLLATE "C", rule_code text,
  indicator text, scheme text, colour text, ruleset_version text, reading_ids bigint[],
  person_ids bigint[], value_yuan float8, limit_yuan float8, since date) ON COMMIT DROP
"""

WORDS = """
CREATE TEMP TABLE words (version text, code text, zh text, en text, act_by date) ON COMMIT DROP
"""

# What was judged at once after the snapshot was taken knows more than the snapshot.
FORGET_LATER = """
DELETE FROM found f USING monitoring_liveevaluation l
WHERE l.household_id = f.household_id AND l.at >= %(from)s
"""

# A household may have moved since the snapshot: the place is the one it has now.
RAISE = """
INSERT INTO monitoring_warning AS w (place_code, household_id, rule_code, indicator, scheme, colour,
  colour_rank, ruleset_version, reading_ids, person_ids, value_yuan, limit_yuan, since, act_by,
  text_zh, text_en)
SELECT h.place_code, f.household_id, f.rule_code, f.indicator, f.scheme, f.colour,
  CASE f.colour WHEN 'red' THEN 1 WHEN 'orange' THEN 2 ELSE 3 END, f.ruleset_version,
  coalesce(f.reading_ids, '{}'), coalesce(f.person_ids, '{}'), f.value_yuan, f.limit_yuan,
  coalesce(f.since, %(today)s), r.act_by, r.zh, r.en
FROM found f JOIN words r ON r.version = f.ruleset_version AND r.code = f.rule_code
JOIN registry_household h ON h.id = f.household_id
ON CONFLICT (household_id, rule_code, scheme) WHERE closed_at IS NULL DO NOTHING
"""

CHANGE = """
UPDATE monitoring_warning w SET colour = f.colour,
  colour_rank = CASE f.colour WHEN 'red' THEN 1 WHEN 'orange' THEN 2 ELSE 3 END,
  ruleset_version = f.ruleset_version, reading_ids = coalesce(f.reading_ids, '{}'),
  person_ids = coalesce(f.person_ids, '{}'), value_yuan = f.value_yuan,
  limit_yuan = f.limit_yuan, text_zh = r.zh, text_en = r.en, changed_at = now()
FROM found f JOIN words r ON r.version = f.ruleset_version AND r.code = f.rule_code
WHERE w.household_id = f.household_id AND w.rule_code = f.rule_code AND w.scheme = f.scheme
  AND w.closed_at IS NULL
  AND (w.colour, w.ruleset_version, w.reading_ids, w.person_ids, w.value_yuan, w.limit_yuan)
      IS DISTINCT FROM (f.colour, f.ruleset_version, coalesce(f.reading_ids, '{}'),
                        coalesce(f.person_ids, '{}'), f.value_yuan, f.limit_yuan)
"""

# Colours of a scheme that is no longer in force mean nothing any more.
CLOSE = """
UPDATE monitoring_warning w SET closed_at = now(), changed_at = now()
WHERE w.closed_at IS NULL
  AND NOT EXISTS (SELECT FROM found f WHERE f.household_id = w.household_id
                  AND f.rule_code = w.rule_code AND f.scheme = w.scheme)
  AND NOT EXISTS (SELECT FROM monitoring_liveevaluation l WHERE l.household_id = w.household_id
                  AND l.at >= %(from)s)
"""
