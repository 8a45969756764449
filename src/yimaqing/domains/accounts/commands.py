"""`yimaqing user …`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import click
from django.db import connection, transaction

from yimaqing.domains.accounts import actions
from yimaqing.domains.accounts.actions.users import normal_username
from yimaqing.domains.accounts.models import Assignment, User
from yimaqing.domains.accounts.queries import counted_households, unended_assignments
from yimaqing.domains.accounts.roles import DEPARTMENTS, ROLES
from yimaqing.kit.rowscope import Scope, scoped

ACTOR = "system:user"
T = TypeVar("T")
_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def user() -> None:
    """用户：新增、授权、解锁、停用 (users and their roles)."""


@user.command("add")
@click.argument("username")
@click.option("--name", "display_name", required=True, help="the person's name")
@click.option("--office", default="", help="where the person works")
@click.option("--phone", "office_phone", default="", help="office number")
@click.option("--password-stdin", is_flag=True, help="read the password from standard input")
@click.option("--json", "as_json", is_flag=True, help="print one JSON object")
def add(password_stdin: bool, as_json: bool, **fields: Any) -> None:
    """Add a user; prints a one-time password unless one is given on standard input."""
    given = sys.stdin.readline().rstrip("\n") if password_stdin else ""
    password = given or actions.temporary_password()
    made = _or_fail(
        lambda: actions.create_user(
            **fields, password=password, must_change_password=not given, by=None, actor=ACTOR
        )
    )
    if as_json:
        click.echo(json.dumps({"id": made.pk, "username": made.username}))
    else:
        click.echo(f"已新增 {made.username} (added)")
    if not given:
        click.echo(f"一次性密码 (one-time password): {password}", err=as_json)


@user.command("assign")
@click.argument("username")
@click.argument("role", type=click.Choice(list(ROLES)))
@click.option("--place", "place_code", default="", help="12-digit code, or longer below a village")
@click.option("--household", "households", multiple=True, help="户编号; several times for several")
@click.option("--department", type=click.Choice(list(DEPARTMENTS)), help="of a department officer")
@click.option("--from", "starts_on", type=_DAY, help="first day (today)")
@click.option("--until", "ends_on", type=_DAY, help="first day on which it no longer holds")
@click.option("--reason", default="", help="document or decision behind it")
def assign(
    username: str,
    role: str,
    households: tuple[str, ...],
    department: str | None,
    starts_on: datetime | None,
    ends_on: datetime | None,
    **fields: Any,
) -> None:
    """Give a role at a place, or for named households."""
    found = _user(username)

    def give() -> None:
        with scoped(Scope.everything()):
            actions.assign(
                user=found,
                role=role,
                household_ids=_household_ids(households),
                department=department or "",
                starts_on=starts_on.date() if starts_on else None,
                ends_on=ends_on.date() if ends_on else None,
                by=None,
                actor=ACTOR,
                **fields,
            )

    _or_fail(give)
    click.echo(f"已授予 {found.username} {ROLES[role].label} (assigned)")


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="print a JSON list")
def list_users(as_json: bool) -> None:
    """List users with their roles and state."""
    users = list(User.objects.order_by("username"))
    held = unended_assignments(users)
    households = counted_households([a.pk for some in held.values() for a in some])
    lines = [_line(one, held[one.pk], households) for one in users]
    if as_json:
        click.echo(json.dumps(lines, ensure_ascii=False))
        return
    for line in lines:
        posts = "; ".join(
            f"{p['role']} {p['place_code'] or p['households']}" for p in line["assignments"]
        )
        click.echo(f"{line['username']:20} {line['name']:10} {line['state']:12} {posts}")


@user.command("unlock")
@click.argument("username")
def unlock(username: str) -> None:
    """Lift a lock before its fifteen minutes are over."""
    actions.unlock(user=_user(username), by=None, actor=ACTOR)
    click.echo("已解锁 (unlocked)")


@user.command("deactivate")
@click.argument("username")
@click.option("--reason", required=True, help="kept in the audit trail")
def deactivate(username: str, reason: str) -> None:
    """Switch a user off and end his sessions; nothing is deleted."""
    found = _user(username)
    _or_fail(lambda: actions.deactivate(user=found, reason=reason, by=None, actor=ACTOR))
    click.echo("已停用 (deactivated)")


@user.command("password")
@click.argument("username")
@click.option("--password-stdin", is_flag=True, help="read the password from standard input")
def password(username: str, password_stdin: bool) -> None:
    """Set a one-time password, or the one on standard input."""
    given = sys.stdin.readline().rstrip("\n") if password_stdin else ""
    word = given or actions.temporary_password()
    found = _user(username)
    _or_fail(lambda: actions.set_password(user=found, password=word, by=None, actor=ACTOR))
    click.echo("已设置 (set)" if given else f"一次性密码 (one-time password): {word}")


def _line(one: User, held: list[Assignment], households: dict[int, int]) -> dict[str, Any]:
    state = "inactive" if not one.is_active else "locked" if one.is_locked else "active"
    return {
        "id": one.pk,
        "username": one.username,
        "name": one.display_name,
        "state": state,
        "assignments": [
            {
                "role": a.role,
                "place_code": a.place_code or "",
                "households": households.get(a.pk, 0),
                "starts_on": a.starts_on.isoformat(),
                "ends_on": a.ends_on.isoformat() if a.ends_on else None,
            }
            for a in held
        ],
    }


def _user(username: str) -> User:
    found = User.objects.filter(username=normal_username(username)).first()
    if found is None:
        raise click.ClickException(f"没有用户 {username} (no such user); yimaqing user list")
    return found


def _household_ids(numbers: tuple[str, ...]) -> list[int]:
    if not numbers:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_household_ids(%s)", [list(numbers)])
        found = dict(cursor.fetchall())
    missing = [n for n in numbers if n not in found]
    if missing:
        raise actions.BadAssignment(f"没有这些户 (no such household): {', '.join(missing)}")
    return list(found.values())


def _or_fail(deed: Callable[[], T]) -> T:
    """Run an action; what it refuses becomes a message and exit status 1."""
    try:
        with transaction.atomic():
            return deed()
    except actions.AccountError as error:
        raise click.ClickException(str(error)) from error


commands: list[click.Command] = [user]
