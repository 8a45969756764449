"""What the application role can reach, why some of it needs no policy, and a world of rows."""

from __future__ import annotations

from django.db import connections

from tests.walls.filling import Spot, fill
from yimaqing.kit.rowscope import Scope, scoped

HERE = "141124104201"
NEXT = "141124104202"
ELSEWHERE = "141102001001"

#: Tables without a policy that the application may reach, and why they need none.
OPEN = {
    "accounts_user": "who holds office; read before any scope is known",
    "accounts_assignment": "what scopes are made of",
    "accounts_assignedhousehold": "what scopes are made of; numbers only",
    "accounts_guess": "counters by hash; counted before anybody is known",
    "accounts_session": "found by its secret key before any scope is known",
    "audit_seal": "hashes only",
    "codes_guess": "counters by hashed address of strangers",
    "codes_keptcard": "what any stranger sees",
    "intake_mapping": "headings and labels of layouts, no records; actions keep to their area",
    "lists_asked": "sealed questions, found by a random token and their user",
    "lists_export": "who exported which list; the file is sealed, no row of a list is here",
    "lists_view": "sealed questions under a name",
    "monitoring_incomeline": "official lines by year, shown to anybody",
    "monitoring_rulesetversion": "rules by region, no records; actions keep to their area",
    "monitoring_run": "when all was evaluated, with totals",
    "places_boundary": "public",
    "places_contact": "people on duty with office numbers, shown to anybody",
    "places_formername": "public",
    "places_origin": "public",
    "places_place": "public",
    "places_placestatus": "public",
    "places_placeyear": "figures of places",
    "places_recode": "public",
    "registry_triggerline": "official amounts with their documents, no records",
    "django_content_type": "Django's own",
    "django_migrations": "Django's own",
    "procrastinate_events": "the job library's own; jobs carry numbers only",
    "procrastinate_jobs": "the job library's own; jobs carry numbers only",
    "procrastinate_periodic_defers": "the job library's own",
    "procrastinate_workers": "the job library's own",
}
#: Policies that let rows in from anywhere, and why. Reading them is scoped all the same.
ADDED_FROM_ANYWHERE = {
    "audit_entry": "whatever is done is written down",
    "codes_scanlog": "a stranger's scan is logged",
}
#: Policies that let in only the user's own rows.
OWN_ROWS = {"intake_batch"}
#: Functions with the owner's rights, and what alone they give back. A card's part for strangers
#: (…_public) is one by contract, see kit/cards.py.
OWNER_FUNCTIONS = {
    "accounts_password": "one user's hash, for one log-in",
    "accounts_keep_password": "nothing; sets one hash",
    "accounts_household_hull": "two ends of a place range",
    "codes_lookup": "where a token leads",
    "registry_stems_of_new": "nothing; keeps what addresses begin with",
    "registry_stems_of_changed": "nothing; keeps what addresses begin with",
}

REACHABLE = """
SELECT c.relname, c.relkind, c.relrowsecurity,
       coalesce(c.reloptions @> '{security_invoker=true}', false)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND (has_table_privilege('yimaqing_app', c.oid, 'SELECT, INSERT, UPDATE, DELETE')
       OR has_any_column_privilege('yimaqing_app', c.oid, 'SELECT, INSERT, UPDATE'))
ORDER BY c.relname
"""


def unguarded(cursor):
    """What the application role can reach past any policy, apart from OPEN."""
    cursor.execute(REACHABLE)
    return [
        name
        for name, kind, guarded, invoker in cursor.fetchall()
        if not (guarded if kind in "rp" else kind == "v" and invoker) and name not in OPEN
    ]


def guarded_tables(cursor):
    cursor.execute(REACHABLE)
    return [name for name, _kind, guarded, _invoker in cursor.fetchall() if guarded]


def allowed(cursor, table, privilege):
    cursor.execute("SELECT has_table_privilege('yimaqing_app', %s, %s)", [table, privilege])
    return cursor.fetchone()[0]


class World:
    """A household at each of three places, and a row of it in every guarded table."""

    def __init__(self, cursor):
        self.cursor = cursor
        self.spots = {}
        self.rows = {}
        for place in (HERE, NEXT, ELSEWHERE):
            number = fill(cursor, "registry_household", Spot(place), "id")
            self.spots[place] = Spot(place, number)
        for table in guarded_tables(cursor):
            self.rows[table] = {place: self._put(table, place) for place in self.spots}

    def _put(self, table, place):
        if table == "registry_household":
            number = self.spots[place].household_id
            self.cursor.execute("SELECT ctid::text FROM registry_household WHERE id = %s", [number])
            return self.cursor.fetchone()[0]
        return fill(self.cursor, table, self.spots[place])

    def seen(self, table, scope=None):
        """Places whose row of ``table`` the application role sees."""
        with scoped(scope or Scope.nothing()), connections["default"].cursor() as cursor:
            cursor.execute(f"SELECT ctid::text FROM {table}")
            visible = {row[0] for row in cursor.fetchall()}
        return {place for place, row in self.rows[table].items() if row in visible}

    def wrong(self, scope, expected):
        """Tables that show something else than ``expected`` (places) under ``scope``."""
        found = {table: self.seen(table, scope) for table in self.rows}
        return {table: places for table, places in found.items() if places != expected}
