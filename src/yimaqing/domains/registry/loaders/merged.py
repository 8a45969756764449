"""Rows that name a record under a number that was merged into another (registry_merge).

Facts go to the record that was kept. Of two rows that speak of one record, that of the number
that is still used counts; the other is refused, with both numbers.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _n

from yimaqing.kit.dataset import Message, Rule

#: Every row's household, by its number or by the number that this one was merged into.
FIND_HOUSEHOLD = (
    "LEFT JOIN registry_merge mh ON mh.kind = 'household' AND mh.undone_at IS NULL"
    " AND mh.former_number = s.household_number"
    " LEFT JOIN registry_household h"
    " ON h.household_number = coalesce(mh.kept_number, s.household_number)"
)

# A merged person is found by the number or by the ID number that was given up.
_MERGED_PERSON = (
    "LEFT JOIN (SELECT m.kept_id, m.former_number FROM registry_merge m"
    " WHERE m.kind = 'person' AND m.undone_at IS NULL) mn ON mn.former_number = s.person_number"
    " LEFT JOIN (SELECT m.kept_id, p.id_number_index FROM registry_merge m"
    " JOIN registry_person p ON p.id = m.lost_id"
    " WHERE m.kind = 'person' AND m.undone_at IS NULL) mi"
    " ON mi.id_number_index = s.id_number_index AND s.person_number IS NULL"
    " LEFT JOIN registry_person k ON k.id = coalesce(mn.kept_id, mi.kept_id)"
)

#: A person is found by the person's own number, else by the ID number within the same household.
FIND_PERSON = (
    # A merged person stays where the one that was kept is, under the number that was kept.
    "SELECT s.row_no, CASE WHEN k.id IS NULL THEN h.id ELSE k.household_id END AS household_id,"
    " CASE WHEN k.id IS NULL THEN h.place_code ELSE k.place_code END AS place_code,"
    " coalesce(k.place_code, n.place_code) AS held_place, k.id IS NOT NULL AS former,"
    " CASE WHEN k.id IS NULL THEN s.person_number ELSE k.person_number END AS person_number,"
    " coalesce(k.id, n.id, CASE WHEN i.household_id = h.id"
    "  AND (s.person_number IS NULL OR i.person_number IS NULL) THEN i.id END) AS target_id,"
    " i.id AS holder_id, i.person_number AS holder_number,"
    " i.household_id = h.id AS holder_at_home,"
    " coalesce(k.household_id, n.household_id) AS old_household_id,"
    " h.head_id_index, h.head_name"
    f" FROM {{stage}} s {FIND_HOUSEHOLD}"
    f" {_MERGED_PERSON}"
    " LEFT JOIN registry_person n ON n.person_number = s.person_number"
    " LEFT JOIN registry_person i ON i.id_number_index = s.id_number_index AND i.valid"
)

_FORMER = (
    "SELECT s.row_no, s.{number} AS value, jsonb_build_object('number', s.{number},"
    " 'kept', m.kept_number) AS params FROM {{stage}} s"
    " JOIN registry_merge m ON m.kind = '{kind}' AND m.undone_at IS NULL"
    " AND m.former_number = s.{number} JOIN intake_found r ON r.row_no = s.row_no"
    " WHERE EXISTS (SELECT FROM {{stage}} o JOIN intake_found f ON f.row_no = o.row_no"
    " WHERE f.{found} = r.{found} AND o.row_no <> s.row_no AND o.{number} <> s.{number}"
    " AND (o.{number} = m.kept_number OR o.row_no < s.row_no){further})"
)


def former_household(found: str = "household_id", further: str = "") -> Rule:
    """A row of a merged household beside one of the household that was kept.

    ``further`` narrows to rows ``o`` that would be the same record as ``s``.
    """
    sql = _FORMER.format(kind="household", number="household_number", found=found, further=further)
    return Rule("former_number", "household_number", sql)


FORMER_PERSON = Rule(
    "former_number",
    "person_number",
    _FORMER.format(kind="person", number="person_number", found="target_id", further=""),
)

MERGED_MESSAGES = {
    "former_number": Message(
        _n("编号 %(number)s 已并入 %(kept)s，本文件另有后者的行"),
        _n("以 %(kept)s 的行为准；请在来源系统中注销重复的编号"),
    ),
}
