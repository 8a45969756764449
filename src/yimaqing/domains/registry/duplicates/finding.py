"""Looking through the register for who stands in it twice, and keeping what was found."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

from yimaqing.analytics import matching
from yimaqing.domains.audit.actions import record
from yimaqing.domains.registry.duplicates import ACTOR, EVERYWHERE, REVIEW_PAIR
from yimaqing.domains.registry.duplicates.extract import persons_between, shares_of
from yimaqing.domains.registry.duplicates.likeness import LIKELY, MODEL

#: Only one search at a time keeps what it found.
_KEEPING = 0x59_4D_44_55
#: So many members of a household registered again make it the household that stands twice.
_ENOUGH_MEMBERS = 2


@dataclass(frozen=True)
class Candidate:
    """A pair of one kind (person, household) by number, ``left`` < ``right``."""

    kind: str
    left: int
    right: int
    score: float
    reasons: Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    """What a search did: persons compared, pairs new, seen again, no more found."""

    persons: int
    new: int
    again: int
    gone: int


def find(*, low: str = EVERYWHERE[0], high: str = EVERYWHERE[1]) -> Found:
    """Search among the persons of a range of place codes and keep the pairs for review.

    A pair that was decided is never proposed again; one that is found no more is closed.
    Killed at any point, run again: what is kept changes in one transaction.
    """
    persons = persons_between(low, high)
    alike = person_pairs(persons)
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_KEEPING])
        heads = _heads_twice(cursor, low, high)
        candidates = _by_household(alike, persons, _told_apart(cursor))
        new, again, gone = _keep(cursor, [*heads, *candidates], low, high)
        if new or gone:
            record(
                action="registry.duplicates_found",
                by=None,
                actor=ACTOR,
                after={"pairs": new, "gone": gone},
                using="owner",
            )
    return Found(persons.num_rows, new, again, gone)


def person_pairs(persons: pa.Table) -> list[matching.Pair]:
    """Pairs of persons (extract.SCHEMA) that are probably one, likeliest first."""
    return matching.pairs(
        persons, MODEL, threshold=LIKELY, frequencies={"folded": shares_of(persons)}
    )


def _by_household(
    alike: Iterable[matching.Pair], persons: pa.Table, told_apart: set[tuple[int, int]]
) -> list[Candidate]:
    """Where a household's members stand in another, it is the household that stands twice."""
    home = dict(zip(persons["id"].to_pylist(), persons["household"].to_pylist(), strict=True))
    size = Counter(home.values())
    between: dict[tuple[int, int], list[matching.Pair]] = defaultdict(list)
    for pair in alike:
        left, right = home[pair.left], home[pair.right]
        between[min(left, right), max(left, right)].append(pair)
    found: list[Candidate] = []
    for (left, right), shared in between.items():
        members = _one_to_one(shared)
        enough = len(members) >= min(_ENOUGH_MEMBERS, size[left], size[right])
        whole = left != right and enough and (left, right) not in told_apart
        if whole:
            pairs = [_in_order(pair, home, left) for pair in members]
            reasons = {"members": pairs, **members[0].levels}
            score = members[0].probability
            found.append(Candidate("household", left, right, score, reasons))
        else:
            found += [
                Candidate("person", pair.left, pair.right, pair.probability, pair.levels)
                for pair in shared
            ]
    return found


def _in_order(pair: matching.Pair, home: Mapping[int, int], left: int) -> list[int]:
    """The two members, that of the left household first."""
    two = [pair.left, pair.right]
    return two if home[pair.left] == left else two[::-1]


def _one_to_one(pairs: list[matching.Pair]) -> list[matching.Pair]:
    """Nobody is two people: of several pairs of one person the likeliest counts."""
    taken: set[int] = set()
    kept: list[matching.Pair] = []
    for pair in sorted(pairs, key=lambda p: (-p.probability, p.left, p.right)):
        if taken.isdisjoint((pair.left, pair.right)):
            taken |= {pair.left, pair.right}
            kept.append(pair)
    return kept


_HEADS = """
SELECT a.id, b.id FROM registry_household a JOIN registry_household b
    ON a.head_id_index = b.head_id_index AND a.id < b.id
 WHERE a.valid AND b.valid AND a.place_code >= %(low)s AND a.place_code < %(high)s
   AND b.place_code >= %(low)s AND b.place_code < %(high)s
"""


def _heads_twice(cursor: CursorWrapper, low: str, high: str) -> list[Candidate]:
    """Two households with one head by his ID number: the second's members were refused."""
    cursor.execute(_HEADS, {"low": low, "high": high})
    reasons = {"members": [], "identity": "same_head_id"}
    return [Candidate("household", a, b, 1.0, reasons) for a, b in cursor.fetchall()]


def _told_apart(cursor: CursorWrapper) -> set[tuple[int, int]]:
    cursor.execute(
        "SELECT left_id, right_id FROM registry_duplicate"
        " WHERE kind = 'household' AND state = 'different'"
    )
    return set(cursor.fetchall())


_STAGE = (
    "CREATE TEMP TABLE found_pair (kind text, left_id bigint, right_id bigint,"
    " score float8, reasons jsonb) ON COMMIT DROP"
)
_SUBJECTS = (
    "SELECT 'person' AS kind, id, place_code, household_id FROM registry_person"
    " UNION ALL SELECT 'household', id, place_code, id FROM registry_household"
)
# Where both stand now; a pair that nobody decided is opened anew when it is found anew.
_WRITE = f"""
WITH subject AS ({_SUBJECTS}),
written AS (
  INSERT INTO registry_duplicate AS d (kind, left_id, right_id, place_code, household_id,
    other_place, other_household_id, score, reasons, state, note)
  SELECT DISTINCT ON (f.kind, f.left_id, f.right_id) f.kind, f.left_id, f.right_id,
         a.place_code, a.household_id, b.place_code, b.household_id, f.score, f.reasons, 'open', ''
    FROM found_pair f JOIN subject a ON a.kind = f.kind AND a.id = f.left_id
    JOIN subject b ON b.kind = f.kind AND b.id = f.right_id
   ORDER BY f.kind, f.left_id, f.right_id, jsonb_array_length(f.reasons -> 'members') DESC
  ON CONFLICT (kind, left_id, right_id) DO UPDATE SET score = excluded.score,
    reasons = excluded.reasons, place_code = excluded.place_code,
    household_id = excluded.household_id, other_place = excluded.other_place,
    other_household_id = excluded.other_household_id,
    state = CASE d.state WHEN 'gone' THEN 'open' ELSE d.state END
  WHERE d.state IN ('open', 'later', 'gone')
  RETURNING xmax = 0 AS is_new)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written
"""
_GONE = """
UPDATE registry_duplicate d SET state = 'gone' WHERE d.state IN ('open', 'later')
   AND d.place_code >= %(low)s AND d.place_code < %(high)s
   AND d.other_place >= %(low)s AND d.other_place < %(high)s
   AND NOT EXISTS (SELECT FROM found_pair f WHERE f.kind = d.kind AND f.left_id = d.left_id
                   AND f.right_id = d.right_id)
"""
#: The place of whoever may see both: the village, or the lowest unit that holds both villages.
SHARED_PLACE = """
CASE WHEN left(d.place_code, 12) = left(d.other_place, 12) THEN d.place_code
     WHEN left(d.place_code, 9) = left(d.other_place, 9) THEN left(d.place_code, 9) || '000'
     WHEN left(d.place_code, 6) = left(d.other_place, 6) THEN left(d.place_code, 6) || '000000'
     WHEN left(d.place_code, 4) = left(d.other_place, 4) THEN left(d.place_code, 4) || '00000000'
     ELSE left(d.place_code, 2) || '0000000000' END
"""
_OPEN_TODOS = f"""
INSERT INTO work_todo (kind, place_code, household_id, subject_kind, subject_id, detail, state,
                       reason)
SELECT '{REVIEW_PAIR}', {SHARED_PLACE},
       CASE WHEN left(d.place_code, 12) = left(d.other_place, 12) THEN d.household_id END,
       'duplicate', d.id::text, jsonb_build_object('percent', floor(d.score * 100)), 'open', ''
  FROM registry_duplicate d WHERE d.state = 'open'
    ON CONFLICT (kind, subject_kind, subject_id) WHERE state = 'open' DO NOTHING
"""
_CLOSE_TODOS = f"""
UPDATE work_todo w SET state = 'dropped', closed_at = now(), reason = %(reason)s
  FROM registry_duplicate d WHERE w.kind = '{REVIEW_PAIR}' AND w.subject_kind = 'duplicate'
   AND w.state = 'open' AND w.subject_id = d.id::text AND d.state = 'gone'
"""


def _keep(
    cursor: CursorWrapper, candidates: Iterable[Candidate], low: str, high: str
) -> tuple[int, int, int]:
    cursor.execute(_STAGE)
    with cursor.copy("COPY found_pair FROM STDIN") as copy:
        for one in candidates:
            copy.write_row((one.kind, one.left, one.right, one.score, json.dumps(one.reasons)))
    cursor.execute(_WRITE)
    new, again = cursor.fetchone()
    cursor.execute(_GONE, {"low": low, "high": high})
    gone = cursor.rowcount
    cursor.execute(_OPEN_TODOS)
    cursor.execute(_CLOSE_TODOS, {"reason": "再查时已不相似"})
    return new, again, gone
