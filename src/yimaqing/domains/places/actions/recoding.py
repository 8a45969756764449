"""Mergers, moves and renumbering: records follow their place in one transaction."""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

from yimaqing.domains.audit.actions import Actor, record
from yimaqing.domains.places.events import recoded
from yimaqing.domains.places.models import Recode
from yimaqing.kit.ids import place_prefix, subtree_bounds

# Sealed rows are never rewritten; places themselves are ended, not renumbered.
KEPT = ("audit_entry", "places_place", "places_recode")

CARRIERS = """
SELECT c.relname FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') AND NOT c.relispartition
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
WHERE a.attname = 'place_code' AND NOT a.attisdropped AND c.relname <> ALL (%s)
  AND c.relname NOT LIKE 'intake\\_stage\\_%%'
ORDER BY c.relname <> 'registry_household', c.relname
"""


class BadRecode(ValueError):
    """The old place is unknown, or the new one is missing, ended, of another level or inside."""


def recode(
    old_code: str,
    new_code: str,
    *,
    on: dt.date,
    reason: str,
    renamed: bool = False,
    by: Actor | None = None,
    actor: str = "system:recode",
) -> dict[str, int]:
    """Move every record of ``old_code`` and all below it to ``new_code``; rows moved by table.

    Codes below keep their own digits behind the new prefix. Places below that do not exist
    there yet are made; the old ones end on that day. All in one transaction, as the owner:
    every table with a ``place_code`` is found in the catalogue, so none is forgotten. A table
    in which a moved row may meet one of the same key says in its own domain's migration what
    becomes of the two: a trigger BEFORE UPDATE OF place_code (codes.0004_merge).
    ``renamed``: it is one place under a new code and a new name, not a merger; the old name is
    kept as a former name of the new code. Raise BadRecode when the two places do not fit.
    """
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        level = _fit(cursor, old_code, new_code)
        low, high = subtree_bounds(old_code, level)
        new_prefix = place_prefix(new_code, level)
        _refuse_strangers(cursor, old_code, low, high, new_prefix)
        _carry_places(cursor, low, high, new_prefix, on)
        _carry_files(cursor, low, high, new_prefix)
        if renamed:
            _keep_name(cursor, old_code, new_code, on)
        moved = _carry_records(cursor, low, high, new_prefix)
        cursor.execute(
            'INSERT INTO places_recode (old_code, new_code, "on", reason) VALUES (%s, %s, %s, %s)'
            " ON CONFLICT DO NOTHING",
            [old_code, new_code, on, reason],
        )
        record(
            action="places.recoded",
            by=by,
            actor=actor,
            place_code=new_code,
            subject=("place", old_code),
            purpose=reason,
            after={"new_code": new_code, "rows": moved} | ({"renamed": True} if renamed else {}),
            using="owner",
        )
        told = partial(recoded.send, Recode, old_code=old_code, new_code=new_code)
        transaction.on_commit(told, using="owner")
    return moved


def _fit(cursor: CursorWrapper, old_code: str, new_code: str) -> int:
    cursor.execute(
        "SELECT code, level, valid_to FROM places_place WHERE code IN (%s, %s) FOR UPDATE",
        [old_code, new_code],
    )
    found = {code: (level, valid_to) for code, level, valid_to in cursor.fetchall()}
    if old_code not in found:
        raise BadRecode(f"{old_code} is not a known place")
    if new_code not in found or found[new_code][1] is not None:
        raise BadRecode(f"{new_code} is not a valid place: add it first")
    if found[old_code][0] != found[new_code][0] or old_code == new_code:
        raise BadRecode("the two places must be different and of one level")
    return int(found[old_code][0])


def _refuse_strangers(
    cursor: CursorWrapper, old_code: str, low: str, high: str, new_prefix: str
) -> None:
    """Raise BadRecode when a place below would land on another that is not the same one.

    Townships number their villages alike: merging two as a whole would file the households
    of one village under a stranger. Such villages are recoded one by one, beforehand.
    """
    cursor.execute(
        "SELECT o.code || ' ' || o.name || ' → ' || n.code || ' ' || n.name"
        " FROM places_place o JOIN places_place n ON n.code = %s || substr(o.code, %s)"
        " WHERE o.code >= %s AND o.code < %s AND o.code <> %s"
        " AND (n.name <> o.name OR n.valid_to IS NOT NULL) AND o.valid_to IS NULL"
        " ORDER BY o.code",
        [new_prefix, len(new_prefix) + 1, low, high, old_code],
    )
    met = [row for (row,) in cursor.fetchall()]
    if met:
        raise BadRecode("these are different places; recode them one by one: " + "; ".join(met))


#: What hangs on a place beside records of people: table, column, what else makes it unique.
FILES = (
    ("places_contact", "place_id", None),
    ("places_placeyear", "place_id", "t.year = held.year"),
    ("places_placestatus", "place_id", "t.status = held.status AND t.starts_on = held.starts_on"),
    ("places_formername", "place_id", "t.valid_to = held.valid_to"),
    ("places_boundary", "place_id", "true"),
    ("places_origin", "site_id", "t.village_id = held.village_id"),
    ("places_origin", "village_id", "t.site_id = held.site_id"),
)


def _carry_files(cursor: CursorWrapper, low: str, high: str, new_prefix: str) -> None:
    """What the state says of the places; what the new place has stays."""
    for table, column, same in FILES:
        target = f"%(new)s || substr(t.{column}, %(cut)s)"
        taken = (
            f" AND NOT EXISTS (SELECT FROM {table} held WHERE held.{column} = {target} AND {same})"
            if same
            else ""
        )
        cursor.execute(
            f"UPDATE {table} t SET {column} = {target}"
            f" WHERE t.{column} >= %(low)s AND t.{column} < %(high)s{taken}",
            {"new": new_prefix, "cut": len(new_prefix) + 1, "low": low, "high": high},
        )


def _keep_name(cursor: CursorWrapper, old_code: str, new_code: str, on: dt.date) -> None:
    """The old place's name becomes a former name of the new one, from the last one before it."""
    cursor.execute(
        "INSERT INTO places_formername (place_id, name, valid_from, valid_to)"
        " SELECT n.code, o.name, since.day, until.day FROM places_place o"
        " JOIN places_place n ON n.code = %(new)s AND n.name <> o.name"
        " CROSS JOIN LATERAL (SELECT coalesce(max(f.valid_to), o.valid_from) AS day"
        "                     FROM places_formername f WHERE f.place_id = n.code) since"
        " CROSS JOIN LATERAL (SELECT least(o.valid_to, %(on)s) AS day) until"
        " WHERE o.code = %(old)s AND (since.day IS NULL OR since.day < until.day)",
        {"old": old_code, "new": new_code, "on": on},
    )
    if not cursor.rowcount:
        raise BadRecode("a renaming needs a new name and a day after the old name began")


def _carry_places(cursor: CursorWrapper, low: str, high: str, new_prefix: str, on: dt.date) -> None:
    cut = len(new_prefix)
    cursor.execute(
        "INSERT INTO places_place (code, name, level, kind, unit_type, parent_code, valid_from,"
        " lon, lat)"
        " SELECT %(new)s || substr(code, %(cut)s + 1), name, level, kind, unit_type,"
        " %(new)s || substr(parent_code, %(cut)s + 1), %(on)s, lon, lat FROM places_place"
        " WHERE code >= %(low)s AND code < %(high)s AND valid_to IS NULL"
        " ON CONFLICT (code) DO NOTHING",
        {"new": new_prefix, "cut": cut, "on": on, "low": low, "high": high},
    )
    cursor.execute(
        "UPDATE places_place SET valid_to = %s WHERE code >= %s AND code < %s AND valid_to IS NULL",
        [on, low, high],
    )


def _carry_records(cursor: CursorWrapper, low: str, high: str, new_prefix: str) -> dict[str, int]:
    cursor.execute(CARRIERS, [list(KEPT)])
    moved: dict[str, int] = {}
    for (table,) in cursor.fetchall():
        cursor.execute(
            f"UPDATE {table} SET place_code = %s || substr(place_code, %s)"
            " WHERE place_code >= %s AND place_code < %s",
            [new_prefix, len(new_prefix) + 1, low, high],
        )
        if cursor.rowcount:
            moved[table] = cursor.rowcount
    return moved
