"""A row of a department's list that comes again about somebody else is compared anew.

Whom it means was found, or decided, by what it said before. A sex or a place alone does not undo
what an officer has decided, and no amount does.
"""

from __future__ import annotations

#: The to-do about a row that somebody has to look at.
REVIEW_ROW = "registry.listed"

# A place that the sender may not write to, or that is none, leaves the row where it is.
_ANEW = (
    "UPDATE registry_listedperson t SET state = 'new', candidates = '[]', person_id = NULL,"
    " household_id = NULL, note = '', decided_by = NULL, decided_at = NULL, changed_at = now(),"
    " place_code = CASE WHEN %(ranges)s::place_multirange @> t.told_place"
    " AND EXISTS (SELECT FROM places_place c WHERE c.code = t.told_place) THEN t.told_place"
    " ELSE t.place_code END FROM {rows} WHERE r.id = t.id AND r.outcome = 'updated'"
    " AND t.name <> '' AND t.state <> 'new' AND ({another})"
)
_NOT_ASKED = (
    "UPDATE work_todo w SET state = 'dropped', closed_at = now(), reason = {why}"
    " FROM registry_listedperson t JOIN {rows} ON r.id = t.id WHERE t.state = 'new'"
    f" AND w.kind = '{REVIEW_ROW}' AND w.state = 'open' AND w.subject_kind = 'listed'"
    " AND w.subject_id = t.id::text"
)
_SAYS_ANOTHER = (
    "r.before ?| ARRAY['name', 'born_on'] OR t.numbered_id IS DISTINCT FROM r.held_numbered"
    " OR (t.decided_by IS NULL AND (r.before ? 'sex'"
    " OR (r.held_told <> '' AND r.held_told <> t.told_place)))"
)

_SAID_ANOTHER = "r.before ?| ARRAY['name', 'born_on', 'numbered_id']"
_TAKEN = "(SELECT u.id, u.outcome, u.wanted AS before FROM intake_taken u) r"

#: After an import: rows that name somebody else now, and the to-dos about what they said before.
RELINK = (
    _ANEW.format(rows="intake_plan r", another=_SAYS_ANOTHER),
    _NOT_ASKED.format(rows="intake_plan r", why="'名单已更正'"),
)

#: The same after a correction is taken back: what it corrected is said again.
RELINK_BACK = (
    _ANEW.format(rows=_TAKEN, another=_SAID_ANOTHER),
    _NOT_ASKED.format(rows=_TAKEN, why="%(source)s"),
)
