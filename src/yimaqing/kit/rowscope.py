"""Row-level security: what a connection may see, and the SQL that enforces it.

A scope is a set of place ranges, or named households, or both. It lives in
transaction-local settings that the policies read; without them no row is visible.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connections, transaction

APP_ROLE = "yimaqing_app"
#: Along the index of the order; and rows by their numbers, not by place. Under the policies the
#: planner takes any scope for half a percent of the rows (docs/decisions/0019).
WALK = "SET LOCAL enable_sort = off"
FETCH = "SET LOCAL enable_seqscan = off; SET LOCAL cpu_index_tuple_cost = 1"
_SETTING = re.compile(r"(SET LOCAL \w+ )= \w+")
_EVERYTHING = (("0", ":"),)  # ':' follows '9' in byte order


class ScopeMissing(RuntimeError):
    """Scoped data was asked for outside a scope."""


class OneSchemaTwoRoles:
    """Migrations run as the owner only; everything else uses the alias it names.

    The application role (alias ``default``) owns nothing, so row-level security
    applies to it; the owner (alias ``owner``) migrates, imports, snapshots, backs up.
    """

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Only the owner may change the schema."""
        return db == "owner"

    def allow_relation(self, left: Any, right: Any, **hints: Any) -> bool:
        """Both aliases show the same rows."""
        return True


@dataclass(frozen=True)
class Scope:
    """Half-open place ranges and named households that a user may see.

    ``hull`` spans the ranges and the places of the named households; it is what the
    index is searched by. ``household_hull`` gives the places of the named ones.
    """

    ranges: tuple[tuple[str, str], ...] = ()
    household_ids: tuple[int, ...] = ()
    user_id: int | None = None
    household_hull: tuple[str, str] | None = None
    purpose: str = field(default="", compare=False)

    @staticmethod
    def everything(user_id: int | None = None) -> Scope:
        """All places: for the system's own work, never for a request."""
        return Scope(_EVERYTHING, user_id=user_id)

    @staticmethod
    def nothing(user_id: int | None = None) -> Scope:
        """No row at all."""
        return Scope(user_id=user_id)

    @property
    def hull(self) -> tuple[str, str]:
        """The smallest range that holds every visible place; empty strings for none."""
        parts = [*self.ranges, *([self.household_hull] if self.household_hull else [])]
        if not parts:
            return "", ""
        return min(low for low, _ in parts), max(high for _, high in parts)

    def covers(self, place_code: str) -> bool:
        """Whether a place lies in one of the ranges."""
        return any(low <= place_code < high for low, high in self.ranges)

    def settings(self) -> dict[str, str]:
        """The transaction-local settings that the policies read."""
        low, high = self.hull
        return {
            "yimaqing.lo": low,
            "yimaqing.hi": high,
            "yimaqing.ranges": "{" + ",".join(f'["{a}","{b}")' for a, b in self.ranges) + "}",
            "yimaqing.households": "{" + ",".join(map(str, self.household_ids)) + "}",
            "yimaqing.user_id": str(self.user_id or ""),
        }


@contextmanager
def scoped(scope: Scope, using: str = "default") -> Iterator[None]:
    """One transaction in which only ``scope`` is visible."""
    with transaction.atomic(using=using):
        set_scope(scope, using)
        yield


def set_scope(scope: Scope, using: str = "default") -> None:
    """Set the scope for the rest of the open transaction, in one round trip."""
    connection = connections[using]
    if not connection.in_atomic_block:
        raise ScopeMissing("a scope can only be set inside a transaction")
    _set(scope.settings(), using)


@contextmanager
def for_a_moment(scope: Scope, using: str = "default") -> Iterator[None]:
    """Another scope inside an open transaction, and then the one before again.

    For reading what a viewer may see although the policy cannot know it; whoever opens it
    filters exactly, because the policy no longer does.
    """
    names = list(scope.settings())
    calls = ", ".join("current_setting(%s, true)" for _ in names)
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT {calls}", names)
        before = cursor.fetchone()
    set_scope(scope, using)
    with transaction.atomic(using=using):  # a failure inside leaves a transaction to restore in
        yield
    _set(dict(zip(names, before, strict=True)), using)


@contextmanager
def planned(way: str, using: str = "default") -> Iterator[None]:
    """Planner settings (WALK, FETCH) for one statement in a transaction, then the usual ones."""
    if not way:
        yield
        return
    with connections[using].cursor() as cursor:
        cursor.execute(way)
        yield
        cursor.execute(_SETTING.sub(r"\1TO DEFAULT", way))


def require_scope(using: str = "default") -> None:
    """Raise ScopeMissing when the connection has no scope: a job must not just see no rows."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('yimaqing.hi', true), '')")
        row = cursor.fetchone()
    if not row or not row[0]:
        raise ScopeMissing("this work reads scoped data: wrap it in kit.rowscope.scoped(…)")


def _set(values: Mapping[str, str | None], using: str) -> None:
    calls = ", ".join("set_config(%s, %s, true)" for _ in values)
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT {calls}", [part for pair in values.items() for part in pair])


TYPES_SQL = """
DO $$ BEGIN
  IF to_regtype('place_range') IS NULL THEN
    CREATE TYPE place_range AS RANGE (subtype = text, collation = "C",
                                      multirange_type_name = place_multirange);
  END IF;
END $$
"""

_LOW = "(SELECT coalesce(current_setting('yimaqing.lo', true), ''))"
_HIGH = "(SELECT coalesce(current_setting('yimaqing.hi', true), ''))"
_RANGES = (
    "(SELECT coalesce(nullif(current_setting('yimaqing.ranges', true), ''), '{}')"
    "::place_multirange)"
)
# The second cast does nothing but make it an expression: ANY((SELECT …)) would compare with
# rows. The first stands inside, so that the text is parsed once, not for every row.
_HOUSEHOLDS = (
    "(SELECT coalesce(nullif(current_setting('yimaqing.households', true), ''), '{}')"
    "::int8[])::int8[]"
)


def policy_sql(
    table: str, household_column: str | None = "household_id", place_column: str = "place_code"
) -> str:
    """SQL that enables row-level security on ``table`` with the one policy ``scope``.

    ENABLE, not FORCE: the owner imports, snapshots and backs up past the policy.
    """
    inside = f"{_RANGES} @> {place_column}"
    if household_column:
        inside = f"({inside} OR {household_column} = ANY({_HOUSEHOLDS}))"
    rule = f"{place_column} >= {_LOW} AND {place_column} < {_HIGH} AND {inside}"
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;"
        f"CREATE POLICY scope ON {table} USING ({rule}) WITH CHECK ({rule})"
    )


def drop_policy_sql(table: str) -> str:
    """The reverse of ``policy_sql``."""
    return f"DROP POLICY scope ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"


def grant_sql(table: str, privileges: str = "SELECT, INSERT, UPDATE, DELETE") -> str:
    """Grant the application role what it needs on ``table`` and on its identity sequence."""
    return f"GRANT {privileges} ON {table} TO {APP_ROLE}"


def household_key_sql(table: str) -> str:
    """The composite key of a child table: plain foreign keys ignore scope.

    ON UPDATE CASCADE carries the rows along when a household moves or its place is recoded.
    """
    name = table.replace(".", "_")
    return (
        f"ALTER TABLE {table} ADD CONSTRAINT {name}_household FOREIGN KEY"
        " (place_code, household_id) REFERENCES registry_household (place_code, id)"
        " ON UPDATE CASCADE ON DELETE CASCADE"
    )


def run_as_migration(statements: Sequence[str]) -> str:
    """Join statements for one RunSQL operation."""
    return ";\n".join(statement.strip().rstrip(";") for statement in statements)
