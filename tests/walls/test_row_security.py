"""Row-level security, table by table, as the catalogue lists them.

Whatever the application role can reach either carries a policy or stands in OPEN with its
reason; and every policy is tried with rows in the table: a foreign scope, no scope, several
assignments, named households; reading and writing.
"""

import pytest
from django.db import connections, transaction
from django.db.utils import ProgrammingError

from tests.walls.filling import Spot, fill, insert_sql
from tests.walls.guarded import (
    ADDED_FROM_ANYWHERE,
    ELSEWHERE,
    HERE,
    NEXT,
    OPEN,
    OWN_ROWS,
    OWNER_FUNCTIONS,
    REACHABLE,
    World,
    allowed,
    unguarded,
)
from yimaqing.domains.accounts.factories import make_assignment, make_user
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.kit.rowscope import policy_sql, scoped


@pytest.fixture
def owner(database):
    with connections["owner"].cursor() as cursor:
        yield cursor


@pytest.fixture
def world(owner):
    return World(owner)


def test_whatever_the_application_reaches_has_a_policy_or_a_reason(owner):
    assert unguarded(owner) == []


def test_no_reason_is_kept_for_what_is_gone(owner):
    owner.execute(REACHABLE)
    reachable = {row[0]: row[2] for row in owner.fetchall()}
    assert [name for name in OPEN if reachable.get(name) is not False] == []


def test_the_household_file_is_among_the_tables_tried(world):
    file = {"household", "person", "persongram", "yearlyincome", "livingcondition"}
    file |= {"measure", "payment", "pairing", "reading", "change"}
    others = {"work_todo", "audit_entry", "codes_code", "codes_scanlog", "intake_batch"}
    assert {f"registry_{name}" for name in file} | others <= set(world.rows)


def test_without_a_scope_nothing_is_seen(world):
    assert world.wrong(None, set()) == {}
    with connections["default"].cursor() as cursor:  # not even a transaction
        for table in world.rows:
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone()[0] == 0, table


def test_a_foreign_scope_sees_nothing_of_here(world):
    far = make_user("county_officer", "141181000000")
    assert world.wrong(scope_of(far), set()) == {}


def test_a_village_sees_its_own_rows_and_not_the_next_villages(world):
    assert world.wrong(scope_of(make_user("village_worker", HERE)), {HERE}) == {}


def test_a_township_sees_its_villages(world):
    officer = make_user("township_officer", "141124104000")
    assert world.wrong(scope_of(officer), {HERE, NEXT}) == {}


def test_several_assignments_add_up_and_leave_out_what_lies_between(world):
    user = make_user("village_worker", ELSEWHERE)
    make_assignment(user, "village_worker", NEXT)
    assert world.wrong(scope_of(user), {ELSEWHERE, NEXT}) == {}


def test_an_ended_assignment_shows_nothing(world):
    user = make_user()
    held = make_assignment(user, "village_worker", HERE)
    held.ends_on = held.starts_on
    held.save()
    assert world.wrong(scope_of(user), set()) == {}


def test_named_households_are_seen_wherever_they_are(world):
    named = [world.spots[HERE].household_id, world.spots[ELSEWHERE].household_id]
    helper = make_user("helper", household_ids=named)
    found = {table: world.seen(table, scope_of(helper)) for table in world.rows}
    of_households = {t for t in world.rows if _has_household(world.cursor, t)}
    assert len(of_households) > 10
    for table, places in found.items():
        assert places == ({HERE, ELSEWHERE} if table in of_households else set()), table


def _has_household(cursor, table):
    cursor.execute(
        "SELECT count(*) FROM pg_attribute WHERE attrelid = %s::regclass AND NOT attisdropped"
        " AND (attname = 'household_id' OR %s = 'registry_household')",
        [table, table],
    )
    return cursor.fetchone()[0] > 0


def test_nothing_is_written_outside_the_scope(world):
    scope = scope_of(make_user("village_worker", HERE))
    newcomer = Spot(HERE, fill(world.cursor, "registry_household", Spot(HERE), "id"))
    tried = 0
    for table in world.rows:
        if not allowed(world.cursor, table, "INSERT") or table in ADDED_FROM_ANYWHERE:
            continue
        foreign = insert_sql(world.cursor, table, world.spots[ELSEWHERE])
        with pytest.raises(ProgrammingError, match="row-level security"):
            _as_application(scope, *foreign)
        if table not in OWN_ROWS:
            assert _as_application(scope, *insert_sql(world.cursor, table, newcomer)) == 1
        tried += 1
    assert tried > 8


def _held_here(world, table):
    """Rows of the own village: its own, and those that rows of other tables stand on."""
    world.cursor.execute(f"SELECT count(*) FROM {table} WHERE place_code = %s", [HERE])
    return world.cursor.fetchone()[0]


def test_rows_of_others_are_neither_changed_nor_deleted(world):
    scope = scope_of(make_user("village_worker", HERE))
    tried = 0
    for table in world.rows:
        if allowed(world.cursor, table, "UPDATE"):
            same = f"UPDATE {table} SET place_code = place_code"
            if table in OWN_ROWS:
                with pytest.raises(ProgrammingError, match="row-level security"):
                    _as_application(scope, same)
            else:
                assert _as_application(scope, same) == _held_here(world, table), table
            tried += 1
        if allowed(world.cursor, table, "DELETE"):
            held = _held_here(world, table)
            assert _as_application(scope, f"DELETE FROM {table}") == held, table
    assert tried > 8


def test_rows_cannot_be_moved_out_of_the_scope(world):
    scope = scope_of(make_user("village_worker", HERE))
    for table in world.rows:
        if allowed(world.cursor, table, "UPDATE"):
            with pytest.raises(ProgrammingError, match="row-level security"):
                _as_application(scope, f"UPDATE {table} SET place_code = %s", [ELSEWHERE])


def _as_application(scope, sql, values=()):
    """Rows affected; whatever was done is taken back."""
    with scoped(scope), connections["default"].cursor() as cursor:
        cursor.execute(sql, values)
        transaction.set_rollback(True)
        return cursor.rowcount


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE registry_person DISABLE ROW LEVEL SECURITY",
        "DROP POLICY scope ON registry_person",
        "CREATE POLICY more ON registry_person USING (true)",
        "TRUNCATE registry_person",
        "DROP TABLE registry_person",
        "SET ROLE yimaqing_owner",
        "SET SESSION AUTHORIZATION yimaqing_owner",
        "ALTER ROLE yimaqing_app BYPASSRLS",
        "GRANT yimaqing_owner TO yimaqing_app",
        "CREATE TABLE public.copy AS SELECT * FROM registry_person",
        "CREATE FUNCTION public.peek() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "COPY registry_person TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
def test_the_application_role_cannot_take_the_wall_down(world, sql):
    with pytest.raises(ProgrammingError), connections["default"].cursor() as cursor:
        cursor.execute(sql)
    assert world.seen("registry_person") == set()


def test_switching_row_security_off_fails_rather_than_shows(world):
    with transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("SET LOCAL row_security = off")
        with pytest.raises(ProgrammingError), transaction.atomic():
            cursor.execute("SELECT count(*) FROM registry_person")


def test_the_application_role_is_nobody_special(owner):
    owner.execute(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,"
        " pg_has_role('yimaqing_app', 'yimaqing_owner', 'MEMBER'),"
        " (SELECT count(*) FROM pg_class WHERE relowner = r.oid)"
        " FROM pg_roles r WHERE rolname = 'yimaqing_app'"
    )
    assert owner.fetchone() == (False, False, False, False, False, False, 0)


def test_functions_with_the_owners_rights_are_few_and_closed(owner):
    owner.execute(
        "SELECT p.proname, coalesce(array_to_string(p.proconfig, ';'), ''),"
        " EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a"
        "         WHERE a.grantee = 0)"
        " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname = 'public' AND p.prosecdef"
    )
    functions = {name: (config, to_all) for name, config, to_all in owner.fetchall()}
    unknown = [n for n in functions if n not in OWNER_FUNCTIONS and not n.endswith("_public")]
    assert unknown == []
    assert [n for n, (config, _) in functions.items() if "search_path=" not in config] == []
    assert [n for n, (_, to_all) in functions.items() if to_all] == []


def test_a_new_table_of_household_data_without_a_policy_is_found(owner):
    owner.execute("CREATE TABLE registry_note (place_code text, household_id bigint, note text)")
    assert unguarded(owner) == [], "as long as the application cannot reach it"
    owner.execute("GRANT SELECT (note) ON registry_note TO yimaqing_app")
    assert unguarded(owner) == ["registry_note"]
    owner.execute(policy_sql("registry_note"))
    assert unguarded(owner) == []


def test_a_policy_that_lets_everything_through_is_found(owner):
    owner.execute("CREATE TABLE registry_note (place_code text, household_id bigint, note text)")
    owner.execute("GRANT SELECT ON registry_note TO yimaqing_app")
    owner.execute("ALTER TABLE registry_note ENABLE ROW LEVEL SECURITY")
    owner.execute("CREATE POLICY scope ON registry_note USING (true)")
    world = World(owner)
    assert world.wrong(None, set()) == {"registry_note": {HERE, NEXT, ELSEWHERE}}


@pytest.mark.parametrize("kind", ["VIEW", "MATERIALIZED VIEW"])
def test_a_view_that_reads_with_its_owners_rights_is_found(owner, kind):
    owner.execute(f"CREATE {kind} registry_names AS SELECT name FROM registry_person")
    owner.execute("GRANT SELECT ON registry_names TO yimaqing_app")
    assert unguarded(owner) == ["registry_names"]
