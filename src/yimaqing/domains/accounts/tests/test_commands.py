"""`yimaqing user …` as an operator types it."""

import json

import pytest
from click.testing import CliRunner

from yimaqing.domains.accounts.commands import user
from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import make_household

VILLAGE = "141124104201"


@pytest.fixture
def run(database):
    Place.objects.using("owner").create(code=VILLAGE, name="白文村", level=5, kind="village")

    def _run(*words, text=None):
        return CliRunner().invoke(user, list(words), input=text)

    return _run


def test_add_hands_out_a_password_that_must_be_changed(run):
    answer = run("add", "limei", "--name", "李梅")
    word = answer.output.strip().rsplit(" ", 1)[1]
    made = User.objects.get(username="limei")
    assert made.check_password(word)
    assert made.must_change_password


def test_add_takes_a_password_from_standard_input_and_never_prints_it(run):
    answer = run(
        "add", "limei", "--name", "李梅", "--password-stdin", "--json", text="白文镇的春天 2026\n"
    )
    made = User.objects.get(username="limei")
    assert json.loads(answer.stdout) == {"id": made.pk, "username": "limei"}
    assert "春天" not in answer.output
    assert made.check_password("白文镇的春天 2026")
    assert not made.must_change_password


def test_assign_and_list(run):
    run("add", "limei", "--name", "李梅")
    assert run("assign", "limei", "village_worker", "--place", VILLAGE).exit_code == 0
    listed = json.loads(run("list", "--json").stdout)
    assert listed[0]["assignments"][0]["place_code"] == VILLAGE
    entry = Entry.objects.using("owner").get(action="accounts.assigned")
    assert (entry.actor, entry.place_code) == ("system:user", VILLAGE)


def test_assign_by_household_number(run):
    mine = make_household(place_code=VILLAGE)
    run("add", "limei", "--name", "李梅")
    assert run("assign", "limei", "helper", "--household", mine.household_number).exit_code == 0
    assert scope_of(User.objects.get(username="limei")).household_ids == (mine.pk,)


@pytest.mark.parametrize(
    "words",
    [
        ("assign", "limei", "village_worker", "--place", "999999999999"),
        ("assign", "limei", "village_worker"),
        ("assign", "limei", "helper", "--household", "86000000000000"),
        ("add", "limei", "--name", "李梅"),
        ("unlock", "nobody"),
    ],
)
def test_what_is_refused_says_why_and_exits_with_1(run, words):
    run("add", "limei", "--name", "李梅")
    answer = run(*words)
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: ")
    assert not User.objects.get(username="limei").assignments.exists()


def test_deactivate_and_password(run):
    run("add", "limei", "--name", "李梅")
    run("deactivate", "limei", "--reason", "调离")
    assert not User.objects.get(username="limei").is_active
    word = run("password", "limei").output.strip().rsplit(" ", 1)[1]
    assert User.objects.get(username="limei").check_password(word)
    run("password", "limei", "--password-stdin", text="short\n")
    assert User.objects.get(username="limei").check_password(word)
