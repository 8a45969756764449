"""The desk: queues, counts by kind, place and date, and pages, of whatever a user may act on.

All counts of a page come from one statement. It groups once by kind, place below, date and
hands; the sums for each queue and chip are taken from the few groups.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection
from django.utils import timezone

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import holds_household_sql, holds_place_sql, require
from yimaqing.domains.work.actions.standing import ACT
from yimaqing.domains.work.deadlines import deadlines
from yimaqing.domains.work.models import Todo
from yimaqing.domains.work.queries.todos import NEVER
from yimaqing.kit.ids import PREFIX_LENGTH

#: In whose hands an open to-do of the queue may be; see _HANDS.
QUEUES: dict[str, frozenset[str]] = {
    "waiting": frozenset({"taken", "handed", "returned", "free"}),
    "taken": frozenset({"taken"}),
    "handed": frozenset({"handed"}),
    "returned": frozenset({"returned"}),
    "out": frozenset({"out"}),
    "overdue": frozenset(),
    "week": frozenset(),
    "free": frozenset({"free"}),
    "all": frozenset(),
    "done": frozenset({"done"}),
}
DATES = ("overdue", "today", "this_week", "later", "undated")
#: Found by the indexes of hands and endings.
_FEW = {"taken", "handed", "returned", "out", "done"}
#: What a queue says about dates; the others take any.
_DATED = {"overdue": {"overdue"}, "week": {"today", "this_week"}}

# Who has one in hand has it while his post reaches it. Of all pairs of holder and place those
# few are found first whose holder's post there has ended; a row then asks this short list.
_LOST = f"""WITH lost AS MATERIALIZED (
 SELECT p.holder_id, p.place_code FROM (SELECT DISTINCT t.holder_id, t.place_code FROM work_todo t
  WHERE t.state = 'open' AND t.holder_id IS NOT NULL AND {{inside}}) p
  WHERE NOT {holds_place_sql(ACT, user="p.holder_id", place="p.place_code")})"""
_HELD = f"""(t.holder_id IS NOT NULL AND (NOT EXISTS (SELECT FROM lost) OR
 (t.holder_id, t.place_code) NOT IN (SELECT holder_id, place_code FROM lost)
 OR {holds_household_sql(ACT, user="t.holder_id", household="t.household_id")}))"""
_UNIT = (
    "left(t.place_code, CASE t.raised_level "
    + " ".join(f"WHEN {level} THEN {digits}" for level, digits in PREFIX_LENGTH.items())
    + " END)"
)
_HANDS = f"""CASE WHEN t.holder_id = %(me)s THEN t.held_as
 WHEN {_HELD} THEN CASE WHEN t.handed_by = %(me)s THEN 'out' ELSE 'others' END
 WHEN t.raised_level IS NOT NULL AND NOT ({{reaches_unit}}) THEN 'above' ELSE 'free' END"""
_DATE = """CASE WHEN t.due_on < %(today)s THEN 'overdue' WHEN t.due_on = %(today)s THEN 'today'
 WHEN t.due_on <= %(sunday)s THEN 'this_week' WHEN t.due_on IS NULL THEN 'undated'
 ELSE 'later' END"""
_SORTS_AT = f"coalesce(t.due_on, date '{NEVER}')"
# The same as _DATE, as ranges of what the index is ordered by.
_DATE_RANGE = {
    "overdue": f"{_SORTS_AT} < %(today)s",
    "today": f"{_SORTS_AT} = %(today)s",
    "this_week": f"{_SORTS_AT} > %(today)s AND {_SORTS_AT} <= %(sunday)s",
    "week": f"{_SORTS_AT} >= %(today)s AND {_SORTS_AT} <= %(sunday)s",
    "later": f"{_SORTS_AT} > %(sunday)s AND {_SORTS_AT} < date '{NEVER}'",
    "undated": f"{_SORTS_AT} = date '{NEVER}'",
}
_RECENT = "t.closed_by IS NOT NULL AND t.state = 'done' AND t.closed_at >= %(since)s"


@dataclass(frozen=True)
class Reach:
    """Where a user may act: half-open place ranges, and households named to him."""

    user_id: int
    ranges: tuple[tuple[str, str], ...]
    household_ids: tuple[int, ...] = ()

    @staticmethod
    def of(user: Any) -> Reach:
        """Raise PermissionDenied where he may act nowhere."""
        scope = require(user, ACT)
        assert isinstance(user, User)  # noqa: S101 - require has refused anybody else
        return Reach(user.pk, scope.ranges, scope.household_ids)

    @property
    def in_the_field(self) -> bool:
        """Whether it is one or a few villages or households: a worker's, not an office's."""
        return all(len(low) >= PREFIX_LENGTH[5] for low, _high in self.ranges)


@dataclass(frozen=True)
class Asked:
    """What of the desk is shown: a queue, and what narrows it.

    ``within`` is the half-open range of a place, ``after`` the key of the last line shown.
    """

    queue: str = "waiting"
    kind: str = ""
    due: str = ""
    within: tuple[str, str] | None = None
    after: tuple[str, int] | None = None


@dataclass(frozen=True)
class Group:
    """How many to-dos are alike in kind, place below, date and hands."""

    kind: str
    below: str
    due: str
    hands: str
    number: int


@dataclass(frozen=True)
class Desk:
    """The counts of a page."""

    asked: Asked
    groups: list[Group] = field(repr=False)

    def of_queue(self, queue: str) -> int:
        """How many the queue holds, of the chosen kind and date."""
        return self._sum(replace(self.asked, queue=queue))

    def of_date(self, due: str) -> int:
        """How many of the queue are due then."""
        return self._sum(replace(self.asked, due=due))

    def by_kind(self) -> list[tuple[str, int]]:
        """The queue's kinds, most frequent first."""
        return self._by("kind", replace(self.asked, kind=""))

    def by_place(self) -> dict[str, int]:
        """The queue's places one level below, by the first digits of their codes."""
        return dict(self._by("below", self.asked))

    def overdue_by_place(self) -> dict[str, int]:
        """Those of them that are overdue; of what is done, none."""
        if self.asked.queue == "done":
            return {}
        return dict(self._by("below", replace(self.asked, due="overdue")))

    def _by(self, name: str, asked: Asked) -> list[tuple[str, int]]:
        sums: Counter[str] = Counter()
        for group in self._chosen(asked):
            sums[getattr(group, name)] += group.number
        return sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))

    def _sum(self, asked: Asked) -> int:
        return sum(group.number for group in self._chosen(asked))

    def _chosen(self, asked: Asked) -> Iterable[Group]:
        hands, dates = QUEUES[asked.queue], _DATED.get(asked.queue)
        for group in self.groups:
            is_done = group.hands == "done"
            if (
                (group.hands in hands if hands else not is_done)
                and (dates is None or group.due in dates)
                and (not asked.kind or group.kind == asked.kind)
                and (not asked.due or group.due == asked.due or is_done)
            ):
                yield group


def desk_counts(reach: Reach, asked: Asked, digits: int) -> Desk:
    """Every count of a page in one statement; ``digits`` cuts codes to the places below."""
    values = _values(reach) | _span(asked) | {"digits": digits}
    inside = _inside(reach, asked)
    hands = _HANDS.format(reaches_unit=_within_ranges(reach, _UNIT))
    sql = (
        f"{_LOST.format(inside=inside)}"
        " SELECT kind, left(place_code, %(digits)s), due, hands, count(*) FROM ("
        f" SELECT t.kind, t.place_code, {_DATE} AS due, {hands} AS hands FROM work_todo t"
        f" WHERE t.state = 'open' AND {inside}"
        f" UNION ALL SELECT t.kind, t.place_code, 'done', 'done' FROM work_todo t"
        f" WHERE {_RECENT} AND {inside}) x GROUP BY 1, 2, 3, 4"
    )
    with _without_sorting(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return Desk(asked, [Group(*row) for row in cursor.fetchall()])


def page_of(reach: Reach, asked: Asked, most: int) -> list[Todo]:
    """The next ``most`` to-dos of a queue: the most urgent first, done ones the latest first.

    Each carries ``hands`` (in whose they are) and ``sorts_at``, the text of its key: the next
    page begins after (sorts_at, number) of the last one.
    """
    values = _values(reach) | _span(asked) | {"most": most, "kind": asked.kind}
    hands = _HANDS.format(reaches_unit=_within_ranges(reach, _UNIT))
    where = [_inside(reach, asked)]
    if asked.kind:
        where.append("t.kind = %(kind)s")
    if asked.queue == "done":
        where.append(_RECENT)
        key, way, sign, cast = "t.closed_at", "DESC", "<", "timestamptz"
    else:
        where += ["t.state = 'open'", *_open_conditions(asked, hands)]
        key, way, sign, cast = _SORTS_AT, "ASC", ">", "date"
    values |= {"hands": sorted(QUEUES[asked.queue])}
    if asked.after is not None:
        values |= {"at": asked.after[0], "last": asked.after[1]}
        where.append(f"({key}, t.id) {sign} (%(at)s::{cast}, %(last)s)")
    sql = (
        f"{_LOST.format(inside=where[0])}"
        f" SELECT t.*, {hands} AS hands, ({key})::text AS sorts_at FROM work_todo t"
        f" WHERE {' AND '.join(where)} ORDER BY {key} {way}, t.id {way} LIMIT %(most)s"
    )
    with _without_sorting() if _is_wide(reach, asked) else nullcontext():
        return list(Todo.objects.raw(sql, values))


def _is_wide(reach: Reach, asked: Asked) -> bool:
    """Whether it is many of a county's or more: then the order is better read off the index."""
    if asked.queue in _FEW:
        return False
    spans = [asked.within] if asked.within else reach.ranges
    return any(len(low) <= PREFIX_LENGTH[3] for low, _high in spans)


@contextmanager
def _without_sorting() -> Iterator[None]:
    """Row-level security hides from the planner how many rows there are: it expects one or two.

    So it would sort a county's 100,000 to group them, or to show the first fifty.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
        yield
        cursor.execute("SET LOCAL enable_sort = on")


def _open_conditions(asked: Asked, hands: str) -> list[str]:
    found = []
    chosen = QUEUES[asked.queue]
    if chosen:
        found.append(f"({hands}) = ANY(%(hands)s)")
    # What the index of hands finds; the condition above says the rest.
    if chosen and chosen <= {"taken", "handed", "returned"}:
        found.append("t.holder_id = %(me)s")
    if chosen == {"out"}:
        found.append("t.handed_by = %(me)s")
    if asked.queue in _DATED:
        found.append(_DATE_RANGE[asked.queue])
    if asked.due in DATES:
        found.append(_DATE_RANGE[asked.due])
    return found


def _values(reach: Reach) -> dict[str, Any]:
    today = timezone.localdate()
    since = timezone.now() - dt.timedelta(days=deadlines().reopen_within_days)
    values: dict[str, Any] = {
        "me": reach.user_id,
        "today": today,
        "sunday": today + dt.timedelta(days=6 - today.weekday()),
        "since": since,
        "households": list(reach.household_ids),
    }
    for number, (low, high) in enumerate(reach.ranges):
        values |= {f"low{number}": low, f"high{number}": high}
    return values


def _span(asked: Asked) -> dict[str, str]:
    low, high = asked.within or ("", "")
    return {"within_low": low, "within_high": high}


def _inside(reach: Reach, asked: Asked) -> str:
    parts = [_within_ranges(reach, "t.place_code")]
    if reach.household_ids:
        parts.append("t.household_id = ANY(%(households)s)")
    inside = "(" + " OR ".join(parts) + ")"
    if asked.within is not None:
        inside += " AND t.place_code >= %(within_low)s AND t.place_code < %(within_high)s"
    return inside


def _within_ranges(reach: Reach, column: str) -> str:
    parts = [
        f"({column} >= %(low{number})s AND {column} < %(high{number})s)"
        for number in range(len(reach.ranges))
    ]
    return "(" + (" OR ".join(parts) or "false") + ")"
