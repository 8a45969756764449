"""What follows from imported households and persons.

Of persons history, search grams, head and readings; of both the to-dos about members.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _n

from yimaqing.domains.registry.departments.kinds import ASKED
from yimaqing.domains.registry.loaders.shared import history, observe
from yimaqing.kit.dataset import Message, Rule

TOUCHED = (
    "CREATE TEMP TABLE registry_touched ON COMMIT DROP AS SELECT DISTINCT x.household_id FROM"
    " intake_plan r, LATERAL (VALUES (r.household_id), (r.old_household_id)) x (household_id)"
    " WHERE r.outcome <> 'unchanged' AND x.household_id IS NOT NULL"
)

# A renamed or moved person is found under the new name and place only.
FORGET_GRAMS = (
    "DELETE FROM registry_persongram g USING intake_plan r WHERE g.person_id = r.id"
    " AND r.outcome = 'updated' AND r.before ?| ARRAY['name', 'place_code', 'household_id']"
)
# Each character and each pair of neighbours, once: the same as kit.ids.grams. Not in the order
# of grams: sorting 2.7 million rows cost more than the index gained by it.
GRAMS = (
    "INSERT INTO registry_persongram (gram, place_code, person_id, household_id)"
    " SELECT gram, r.place_code, r.id, r.household_id"
    " FROM intake_plan r JOIN {stage} s ON s.row_no = r.row_no,"
    " LATERAL generate_series(1, 2) n, LATERAL generate_series(1, char_length(s.name) - n + 1) i,"
    ' LATERAL (SELECT substr(s.name COLLATE "C", i, n) AS gram) x'
    " WHERE strpos(s.name, gram) = i AND (r.outcome = 'created'"
    " OR (r.outcome = 'updated' AND r.before ?| ARRAY['name', 'place_code', 'household_id']))"
)

# What was observed of a person goes along into the new household, and what lists say of him.
_MOVE = (
    "UPDATE {} l SET place_code = r.place_code, household_id = r.household_id{}"
    " FROM intake_plan r WHERE l.person_id = r.id AND r.outcome = 'updated'"
    " AND l.household_id = r.old_household_id AND r.old_household_id <> r.household_id"
)
MOVE_READINGS = _MOVE.format("registry_reading", "")
# What waits for somebody to look is asked again: of the new household, not of the old one.
_ASKED = ASKED.format(whose="w.household_id = r.old_household_id")
MOVE_LISTED = _MOVE.format(
    "registry_listedperson", f", weighed_at = CASE WHEN NOT {_ASKED} THEN l.weighed_at END"
)

HEADS = (
    "UPDATE registry_household h SET head_person_id = x.person_id FROM ("
    "SELECT t.household_id, min(p.id) FILTER (WHERE p.relation = 'head') AS person_id"
    " FROM registry_touched t LEFT JOIN registry_person p"
    " ON p.household_id = t.household_id AND p.valid GROUP BY 1) x"
    " WHERE h.id = x.household_id AND h.head_person_id IS DISTINCT FROM x.person_id"
)

#: Compulsory schooling: 6 to 15 completed years, the census's range (bulletin notes 6-8).
#: Compared as birth days: an age worked out for every row took a third of this statement.
# A returned list observes what its row states alone.
_SAYS = "(s.stated IS NULL OR s.stated && ARRAY[{}])"
_MEDICAL = _SAYS.format("'resident_medical', 'employee_medical', 'military'")
_SCHOOLING = _SAYS.format("'student_status', 'born_on'")
_TURNED = "s.born_on <= (%(as_of)s::date - interval '{} years')::date"
_SCHOOL_AGE = f"({_TURNED.format(6)} AND NOT {_TURNED.format(16)})"
READINGS = observe(
    "SELECT r.outcome, r.place_code, r.household_id, r.id AS person_id, v.indicator,"
    " v.value_text, NULL::float8 AS value_number, %(as_of)s::date AS observed_on"
    " FROM intake_plan r JOIN {stage} s ON s.row_no = r.row_no, LATERAL (VALUES ('medical',"
    f" CASE WHEN NOT {_MEDICAL} THEN NULL"
    " WHEN s.resident_medical OR s.employee_medical THEN 'insured'"
    " WHEN s.military THEN 'exempt' WHEN NOT s.resident_medical THEN 'uninsured' END),"
    f" ('education', CASE WHEN {_SCHOOL_AGE} AND {_SCHOOLING} THEN CASE"
    " WHEN s.student_status IN ('home_teaching', 'deferred') THEN s.student_status"
    f" WHEN s.student_status = 'preschool' AND NOT {_TURNED.format(7)} THEN NULL"
    " WHEN s.student_status IN ('non_student', 'dropped_out', 'preschool') THEN 'out'"
    " WHEN s.student_status IS NOT NULL THEN 'enrolled' END END)) v (indicator, value_text)"
    " WHERE v.value_text IS NOT NULL AND s.state IS DISTINCT FROM 'removed'"
)

# How the members of the touched households, and the empty households of their villages, stand.
_MEMBERS = (
    "CREATE TEMP TABLE registry_members ON COMMIT DROP AS"
    " SELECT h.id, h.place_code, h.household_number, h.member_count, h.head_person_id,"
    " x.members, x.heads FROM (SELECT t.household_id, count(p.id) AS members,"
    " count(p.id) FILTER (WHERE p.relation = 'head') AS heads FROM"
    " (SELECT household_id FROM registry_touched UNION SELECT h.id FROM registry_household h"
    "  WHERE h.head_person_id IS NULL AND h.valid AND h.place_code IN"
    "  (SELECT DISTINCT place_code FROM intake_plan)) t"
    " LEFT JOIN {persons} p ON p.household_id = t.household_id AND p.valid GROUP BY 1) x"
    " JOIN registry_household h ON h.id = x.household_id WHERE h.valid"
)
MEMBERS = _MEMBERS.replace("{persons}", "registry_person")

# Who would be a member if the plan were carried out: those whom the file does not name as they
# are, and those whom it names as it says. Without the column a person stays in or out.
_PLANNED = (
    "SELECT p.id, p.household_id, p.relation, p.valid FROM registry_person p"
    " WHERE NOT EXISTS (SELECT FROM intake_plan r WHERE r.target_id = p.id)"
    " UNION ALL SELECT r.id, r.household_id, coalesce(s.relation, t.relation),"
    " CASE WHEN r.target_id IS NULL"
    " OR 'state' = ANY (%(columns)s) THEN s.state IS DISTINCT FROM 'removed' ELSE t.valid END"
    " FROM intake_plan r JOIN {stage} s ON s.row_no = r.row_no"
    " LEFT JOIN registry_person t ON t.id = r.target_id"
)
FORESEE = (
    TOUCHED,
    "ANALYZE registry_touched",
    _MEMBERS.replace("{persons}", f"({_PLANNED})"),
)

FAULTS = {
    "no_members": "members = 0",
    "head_missing": "members > 0 AND heads = 0",
    "several_heads": "heads > 1",
    "members_differ": "members > 0 AND members <> member_count",
}
_NAMED = " UNION ALL ".join(
    f"SELECT m.*, '{name}' AS fault FROM registry_members m WHERE {where}"
    for name, where in FAULTS.items()
)
OPEN_TODOS = (
    "INSERT INTO work_todo (kind, place_code, household_id, subject_kind, subject_id, detail,"
    " state, reason) SELECT 'registry.' || fault, place_code, id, 'household', id::text,"
    " jsonb_build_object('household_number', household_number, 'members', members, 'declared',"
    f" member_count, 'batch', %(batch)s), 'open', '' FROM ({_NAMED}) x"
    # One that is open already says from now on the numbers of today.
    " ON CONFLICT (kind, subject_kind, subject_id) WHERE state = 'open' DO UPDATE"
    " SET detail = excluded.detail"
    " WHERE work_todo.detail - 'batch' IS DISTINCT FROM excluded.detail - 'batch'"
)
CLOSE_TODOS = (
    "UPDATE work_todo w SET state = 'done', closed_at = now(), reason = %(source)s"
    " FROM registry_members m WHERE w.subject_kind = 'household' AND w.subject_id = m.id::text"
    " AND w.state = 'open' AND ("
    + " OR ".join(f"w.kind = 'registry.{name}' AND NOT ({where})" for name, where in FAULTS.items())
    + ")"
)

# Whose number of members a households sheet changes, or which it makes valid again, with the
# members who are there. Those without members are left to the persons sheet: a first households
# sheet comes before it. What is planned and what is carried out read alike.
_RECOUNTED = "r.outcome = 'updated' AND r.before ?| ARRAY['member_count', 'valid']"
_STAYS_VALID = "CASE WHEN 'valid' = ANY (%(columns)s) THEN coalesce(s.valid, true) ELSE h.valid END"
DECLARED = (
    "CREATE TEMP TABLE registry_members ON COMMIT DROP AS"
    " SELECT r.id, r.place_code, s.household_number,"
    " coalesce(s.member_count, h.member_count) AS member_count, count(*) AS members,"
    " count(*) FILTER (WHERE p.relation = 'head') AS heads"
    " FROM intake_plan r JOIN {stage} s ON s.row_no = r.row_no"
    " JOIN registry_household h ON h.id = r.id"
    # By the place too: no index of persons begins with the household.
    " JOIN registry_person p ON p.place_code = h.place_code AND p.household_id = h.id AND p.valid"
    f" WHERE {_RECOUNTED} AND {_STAYS_VALID} GROUP BY 1, 2, 3, 4"
)
# Nobody need count the members of a household that is no longer valid.
END_INVALID = (
    "UPDATE work_todo w SET state = 'done', closed_at = now(), reason = %(source)s"
    " FROM (SELECT r.id::text AS id FROM intake_plan r"
    f" JOIN registry_household h ON h.id = r.id WHERE {_RECOUNTED} AND NOT h.valid) x"
    " WHERE w.subject_kind = 'household' AND w.subject_id = x.id AND w.state = 'open'"
    " AND w.kind IN (" + ", ".join(f"'registry.{name}'" for name in FAULTS) + ")"
)
AFTER_HOUSEHOLDS = (history("household"), DECLARED, END_INVALID, CLOSE_TODOS, OPEN_TODOS)

AFTER_PERSONS = (
    history("person"),
    # Right after a first import nothing is known of the grams' number: by their index, always.
    "SET LOCAL enable_seqscan = off",
    FORGET_GRAMS,
    "SET LOCAL enable_seqscan = on",
    GRAMS,
    TOUCHED,
    HEADS,
    MOVE_READINGS,
    MOVE_LISTED,
    READINGS,
    "ANALYZE registry_touched",
    MEMBERS,
    CLOSE_TODOS,
    OPEN_TODOS,
)

# A remark on an import speaks of the households that it touched; that another household of
# the same village is still without members is worth telling, for its members may be to come.
_TOUCHED_ONLY = "id IN (SELECT household_id FROM registry_touched)"


def _notice(name: str, further: str = "") -> Rule:
    return Rule(
        name,
        "household_number",
        "SELECT 0 AS row_no, household_number AS value, jsonb_build_object('number',"
        " household_number, 'members', members, 'declared', member_count) AS params"
        f" FROM registry_members WHERE {FAULTS[name]}{further}",
        warning=True,
    )


NOTICES = (
    _notice("no_members"),
    *(_notice(name, f" AND {_TOUCHED_ONLY}") for name in FAULTS if name != "no_members"),
)
HOUSEHOLD_NOTICES = tuple(_notice(name) for name in FAULTS if name != "no_members")

MEMBERS_MESSAGES = {
    "no_members": Message(
        _n("户编号 %(number)s 没有家庭成员"),
        _n("补充导入该户成员，或核实该户是否仍在；入库时生成待办"),
    ),
    "head_missing": Message(
        _n("户编号 %(number)s 的成员中没有户主"), _n("核实谁是户主后改正；入库时生成待办")
    ),
    "several_heads": Message(
        _n("户编号 %(number)s 有不止一个户主"), _n("只保留一个户主；入库时生成待办")
    ),
    "members_differ": Message(
        _n("户编号 %(number)s 登记人口 %(declared)s 人，成员表有 %(members)s 人"),
        _n("入户核实人口数后改正；入库时生成待办"),
    ),
}
