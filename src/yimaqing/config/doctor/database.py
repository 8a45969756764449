"""The database: reachable, its roles what they should be, its tables walled."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, OperationalError, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from yimaqing.config.doctor.findings import Finding, fault, fine, warning

OLDEST_SERVER = 150000  # PostgreSQL 15
_ROLE = """
SELECT r.rolname, r.rolsuper, r.rolbypassrls,
       EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public' AND tableowner = r.rolname),
       EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public'
                  AND pg_has_role(r.rolname, tableowner, 'MEMBER'))
FROM pg_roles r WHERE r.rolname = current_user
"""
# Assignments say who may see what; they hold no record of a household. A table that the
# application role has no privilege on (the staged rows of an import) needs no wall against it.
_UNWALLED = r"""
SELECT c.relname FROM pg_class c
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
  AND c.relname NOT LIKE 'places\_%%' AND c.relname NOT LIKE 'accounts\_%%'
  AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped
                 AND a.attname IN ('place_code', 'household_id'))
  AND NOT (c.relrowsecurity
           AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))
  AND (has_table_privilege(%(role)s, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
       OR has_any_column_privilege(%(role)s, c.oid, 'SELECT, INSERT, UPDATE'))
ORDER BY c.relname
"""


def reachable() -> Finding:
    """Both roles can log in to a server that is new enough."""
    for alias in ("default", "owner"):
        try:
            connections[alias].ensure_connection()
        except OperationalError as error:
            return fault(
                "database",
                _("数据库连不上（%(alias)s）：%(error)s")
                % {"alias": alias, "error": str(error).strip()},
                _("运行 yimaqing db start；外部数据库请检查 YIMAQING_DATABASE_URL。"),
            )
    version = _one("SHOW server_version_num")
    if int(version) < OLDEST_SERVER:
        return fault("database", _("PostgreSQL 版本过旧。"), _("升级到 PostgreSQL 15 或更新版本。"))
    return fine(
        "database", _("数据库可连接，PostgreSQL %(v)s。") % {"v": _one("SHOW server_version")}
    )


def schema() -> Finding:
    """There is a schema at all."""
    try:
        applied = _one("SELECT count(*) FROM django_migrations", alias="owner")
    except DatabaseError:
        return fault("schema", _("数据库是空的。"), _("运行 yimaqing setup。"))
    return fine("schema", _("数据库结构已建立（%(n)d 步）。") % {"n": applied})


def application_role() -> Finding:
    """The pages' role is bound by row-level security."""
    name, superuser, bypass, owns, member = _row(_ROLE)
    faults = [
        (superuser, _("是超级用户")),
        (bypass, _("可绕过行级安全")),
        (owns, _("拥有数据表")),
        (member and not owns, _("属于数据表的所有者角色")),
    ]
    found = [words for wrong, words in faults if wrong]
    if found:
        return fault(
            "application_role",
            _("应用角色 %(role)s %(faults)s，行级安全对它无效。")
            % {"role": name, "faults": "、".join(found)},
            _("让 YIMAQING_DATABASE_URL 使用一个既非所有者也非超级用户的角色（yimaqing_app）。"),
        )
    return fine("application_role", _("应用角色 %(role)s 受行级安全约束。") % {"role": name})


def owner_role() -> Finding:
    """The owner owns the tables and is no superuser."""
    name, superuser, _bypass, owns, _member = _row(_ROLE, alias="owner")
    remedy = _(
        "让 YIMAQING_OWNER_DATABASE_URL 使用数据表的所有者（yimaqing_owner），且不是超级用户。"
    )
    if not owns:
        return fault("owner_role", _("角色 %(role)s 不拥有数据表。") % {"role": name}, remedy)
    if superuser:
        return warning("owner_role", _("所有者 %(role)s 是超级用户。") % {"role": name}, remedy)
    return fine("owner_role", _("所有者角色 %(role)s 正确。") % {"role": name})


def migrations() -> Finding:
    """Nothing waits to be migrated."""
    executor = MigrationExecutor(connections["owner"])
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return fault(
            "migrations",
            _("有 %(count)d 步数据库升级未执行。") % {"count": len(waiting)},
            _("运行 yimaqing setup。"),
        )
    return fine("migrations", _("数据库结构与程序一致。"))


def row_level_security() -> Finding:
    """Every table with a place or a household that pages can reach has a policy that is on."""
    role = _one("SELECT current_user")
    with connections["owner"].cursor() as cursor:
        cursor.execute(_UNWALLED, {"role": role})
        names = [row[0] for row in cursor.fetchall()]
    if names:
        return fault(
            "row_level_security",
            _("没有行级安全的表：%(tables)s") % {"tables": "、".join(names)},
            _("运行 yimaqing setup；若仍如此，说明有人关闭了策略，请从备份恢复结构并查明原因。"),
        )
    return fine("row_level_security", _("含住户数据的表都有行级安全。"))


def durability() -> Finding:
    """A power cut loses nothing that was committed."""
    unsafe = [name for name in ("fsync", "full_page_writes") if _one(f"SHOW {name}") != "on"]
    if unsafe:
        return fault(
            "durability",
            _("数据库参数已关闭：%(names)s，断电会损坏数据。") % {"names": "、".join(unsafe)},
            _("从 local.conf 中删除这些行，然后 yimaqing db stop 与 start。"),
        )
    if _one("SHOW data_checksums") != "on":
        return warning(
            "durability", _("未启用数据校验和。"), _("停库后运行 pg_checksums --enable。")
        )
    return fine("durability", _("断电不丢已提交的数据。"))


def _row(query: str, alias: str = "default") -> tuple[Any, ...]:
    with connections[alias].cursor() as cursor:
        cursor.execute(query)
        row: tuple[Any, ...] = cursor.fetchone()
        return row


def _one(query: str, alias: str = "default") -> Any:
    return _row(query, alias)[0]
