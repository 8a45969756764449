"""Somebody must be left who can give roles: the last administrator is not taken away."""

import datetime as dt
import threading

import pytest
from click.testing import CliRunner
from django.db import connections
from django.utils import timezone

from yimaqing.domains.accounts.actions import (
    AccountError,
    LastAdministrator,
    deactivate,
    end_assignment,
)
from yimaqing.domains.accounts.commands import user as user_command
from yimaqing.domains.accounts.factories import make_assignment, make_user
from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import administrators

COUNTY = "141124000000"
SYSTEM = {"by": None, "actor": "system:test"}


@pytest.fixture
def admin(database):
    return make_user("administrator", COUNTY, username="admin")


def _in(days):
    return timezone.localdate() + dt.timedelta(days=days)


def test_the_last_one_is_not_switched_off(admin):
    with pytest.raises(LastAdministrator, match="yimaqing user assign"):
        deactivate(user=admin, reason="调离", **SYSTEM)
    admin.refresh_from_db()
    assert admin.is_active
    make_user("administrator", COUNTY)
    deactivate(user=admin, reason="调离", **SYSTEM)


def test_the_last_assignment_is_not_ended(admin):
    held = admin.assignments.get()
    with pytest.raises(LastAdministrator):
        end_assignment(assignment=held, reason="调离", **SYSTEM)
    assert list(administrators()) == [admin]
    make_assignment(admin, "administrator", "141100000000")
    end_assignment(assignment=held, reason="调离", **SYSTEM)


def test_one_who_is_switched_off_or_has_not_begun_is_nobody(admin):
    off = make_user("administrator", COUNTY)
    User.objects.filter(pk=off.pk).update(is_active=False)
    make_assignment(make_user(), "administrator", COUNTY, starts_on=_in(9))
    with pytest.raises(LastAdministrator):
        deactivate(user=admin, reason="调离", **SYSTEM)
    with pytest.raises(LastAdministrator):
        end_assignment(assignment=admin.assignments.get(), reason="调离", **SYSTEM)
    end_assignment(assignment=admin.assignments.get(), reason="调离", ends_on=_in(9), **SYSTEM)


def test_an_end_later_on_counts_who_is_left_then(admin):
    make_assignment(make_user(), "administrator", COUNTY, ends_on=_in(5))
    with pytest.raises(LastAdministrator):
        end_assignment(assignment=admin.assignments.get(), reason="调离", ends_on=_in(5), **SYSTEM)


def test_anybody_else_may_go_although_there_is_no_administrator(database):
    worker = make_user("village_worker", "141124104201")
    end_assignment(assignment=worker.assignments.get(), reason="调离", **SYSTEM)
    deactivate(user=worker, reason="调离", **SYSTEM)


def test_two_administrators_cannot_take_each_other_away_at_once(admin):
    both = [admin, make_user("administrator", COUNTY)]
    refused = []

    def take_away(one, other):
        try:
            deactivate(user=one, reason="调离", by=other)
        except AccountError as error:
            refused.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take_away, args=pair) for pair in (both, both[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert administrators().count() == 1


def test_the_command_says_it_in_words(admin):
    done = CliRunner().invoke(user_command, ["deactivate", "admin", "--reason", "调离"])
    assert done.exit_code == 1
    assert "最后一位系统管理员" in done.output
