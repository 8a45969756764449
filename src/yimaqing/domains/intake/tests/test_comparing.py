"""Two batches of one dataset side by side.

Cast: 赵强 of 临县 has two versions of a list and does not know what differs.
"""

import json

import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.intake.comparing import NotAlike, compare
from yimaqing.domains.intake.undo.commands import compare_batches
from yimaqing.domains.registry.tests.sheets import (
    HOUSEHOLD,
    INCOME,
    NUMBER,
    OTHER,
    id_number,
    make_places,
    send,
)

SECOND = HOUSEHOLD | {"户编号": OTHER, "户主证件号": id_number(order=4)}
THIRD = HOUSEHOLD | {"户编号": "86141124000789", "户主证件号": id_number(order=6)}


@pytest.fixture
def qiang(database):
    make_places()
    return make_user("county_officer", "141124000000")


@pytest.fixture
def two(qiang):
    changed = HOUSEHOLD | {"主要致贫原因": "因残", "联系电话": "15400000009"}
    return send("households", HOUSEHOLD, SECOND, by=qiang), send(
        "households", changed, THIRD, by=qiang, dry_run=True
    )


def test_rows_of_one_only_and_fields_that_differ(two):
    found = compare(*two)
    assert (found.same, found.changed, found.only_first, found.only_second) == (0, 1, 1, 1)
    assert dict(found.fields) == {"主要致贫原因": 1, "联系电话": 1}
    changed, first, second = found.examples
    fields = {name: (was, now) for name, was, now in changed.fields}
    assert changed.label == NUMBER
    assert fields["主要致贫原因"] == ("因病", "因残")
    assert fields["联系电话"] == ("154****0001", "154****0009")
    assert (first.label, first.rows) == (OTHER, (3, None))
    assert (second.label, second.rows) == (THIRD["户编号"], (None, 3))


def test_a_list_is_the_same_as_itself_whatever_the_order(qiang):
    first = send("households", HOUSEHOLD, SECOND, by=qiang)
    second = send("households", SECOND, HOUSEHOLD, by=qiang)
    found = compare(first, second)
    assert (found.same, found.changed, found.examples) == (2, 0, [])


def test_batches_of_two_datasets_are_not_compared(qiang):
    with pytest.raises(NotAlike):
        compare(send("households", HOUSEHOLD), send("incomes", INCOME))


def test_the_page_and_the_command_say_it(qiang, two):
    browser = Client()
    browser.force_login(qiang)
    first, second = two
    address = reverse("intake:compare", args=[first.pk])
    page = browser.get(address, {"with": second.pk}).content.decode()
    assert OTHER in page
    assert "154****0009" in page
    assert "15400000009" not in page
    done = CliRunner().invoke(compare_batches, [str(first.pk), str(second.pk), "--json"])
    assert (done.exit_code, json.loads(done.stdout)["only_second"]) == (1, 1)
    stranger = Client()
    stranger.force_login(make_user("county_officer", "141102000000"))
    assert stranger.get(address, {"with": second.pk}).status_code == 404
