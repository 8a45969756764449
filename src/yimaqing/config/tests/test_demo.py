"""The demonstration goes in by the user's door, and what is rejected is what was planted."""

import csv
import datetime as dt
import json
from collections import defaultdict

import numpy as np
import pytest
import zxingcpp
from django.contrib.auth import authenticate
from django.db import connections

from yimaqing.config.demo.memory import Memory, OtherDemo, recall, recall_or_begin
from yimaqing.config.demo.showing import qr_lines, table
from yimaqing.config.demo.steps import carry_out, month_ends, steps
from yimaqing.config.demo.users import USERS, helped_households
from yimaqing.domains.accounts.queries import may, scope_of

AS_OF = dt.date(2026, 11, 20)
REJECTED = ("拒绝", "Rejected", "rejected")


def rejected_rows(memory, dataset):
    rows = defaultdict(set)
    with (memory.files / f"errors-{dataset}.csv").open(encoding="utf-8-sig", newline="") as file:
        for row, column, _value, level, *_ in list(csv.reader(file))[1:]:
            if level in REJECTED:
                rows[int(row)].add(column)
    return rows


def count(table_name):
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table_name}")
        return cursor.fetchone()[0]


def exactly_the_planted_rows_are_rejected(memory):
    truth = memory.truth()
    for dataset, expected in truth["datasets"].items():
        planted = {e["row"] for e in expected["planted"] if e["effect"] == "rejected"}
        fallen = {*expected["fall_with_household"], *expected.get("fall_with_person", [])}
        assert set(rejected_rows(memory, dataset)) == planted | fallen, dataset
    households = truth["datasets"]["households"]
    rejected = rejected_rows(memory, "households")
    assert count("registry_household") == households["rows"] - len(rejected)


def a_years_trend_and_todays_warnings():
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT DISTINCT as_of FROM cockpit_storedfigure ORDER BY 1")
        days = [day for (day,) in cursor.fetchall()]
        cursor.execute("SELECT DISTINCT colour FROM monitoring_warning WHERE closed_at IS NULL")
        colours = {colour for (colour,) in cursor.fetchall()}
    assert days[:12] == month_ends(AS_OF)
    assert len(days) == 13
    assert {"red", "yellow"} <= colours


def run_again_it_changes_nothing(memory):
    tables = ["registry_person", "registry_reading", "accounts_user", "accounts_assignment"]
    tables += ["codes_code", "places_contact"]
    before = {name: count(name) for name in tables}
    said: list[str] = []
    carry_out(memory, said.append)
    assert said == []
    # killed after a step, before it was remembered: the step is done again
    again = ("users", "contacts", "import persons", "import readings", "import pairings", "codes")
    for name in again:
        del memory.seconds[name]
    carry_out(memory, said.append)
    assert len(said) == len(again)
    assert {name: count(name) for name in tables} == before


def users_log_in_and_reach_their_places(memory):
    showcase = memory.truth()["showcase"]
    # what one submits, another confirms
    users = [
        authenticate(username=u.username, password=memory.passwords[u.username]) for u in USERS
    ]
    assert sum(may(user, "monitoring.rules", showcase["county"]) for user in users) == 2
    for one in USERS:
        user = authenticate(username=one.username, password=memory.passwords[one.username])
        assert user is not None, one.username
        place = showcase.get(one.where, one.where)
        if one.role in ("village_worker", "township_officer", "county_officer"):
            assert scope_of(user, "registry.read").covers(place)
            assert not scope_of(user, "registry.read").covers("141182104201"), one.username
        if one.role == "helper":
            # assigned before the list came, he is shown what it pairs him with: nobody else did
            assert list(scope_of(user, "registry.read").household_ids) == helped_households()
            assert helped_households()


def test_filling_an_installation(database):
    # one story: filling takes seconds, and each part looks at the same installation
    memory = Memory(database.home, "300", AS_OF)
    memory.finish("setup", 0)  # the test database has its schema
    carry_out(memory, print)
    exactly_the_planted_rows_are_rejected(memory)
    a_years_trend_and_todays_warnings()
    users_log_in_and_reach_their_places(memory)
    run_again_it_changes_nothing(memory)


def test_another_scale_is_refused(tmp_path):
    first = recall_or_begin(tmp_path, scale="small", as_of=AS_OF)
    first.finish("setup", 1.5)
    again = recall_or_begin(tmp_path, scale="small", as_of=dt.date(2027, 1, 1))
    assert again.as_of == AS_OF  # the day of the first run holds
    assert again.done("setup")
    with pytest.raises(OtherDemo, match="small"):
        recall_or_begin(tmp_path, scale="prefecture", as_of=AS_OF)
    assert oct((tmp_path / "demo.json").stat().st_mode)[-3:] == "600"
    assert recall(tmp_path / "nowhere") is None


def test_month_ends():
    days = month_ends(dt.date(2026, 3, 1))
    assert len(days) == 12
    assert days[0] == dt.date(2025, 3, 31)
    assert days[-1] == dt.date(2026, 2, 28)


def test_steps_wait_for_the_files(tmp_path):
    memory = Memory(tmp_path, "600", AS_OF)
    names: list[str] = []
    with pytest.raises(FileNotFoundError):
        names.extend(step.name for step in steps(memory))
    memory.files.mkdir()
    (memory.files / "truth.json").write_text(json.dumps({"import_order": ["households"]}))
    names = [step.name for step in steps(memory)]
    assert names.index("files") < names.index("import households") < names.index("codes")


def test_terminal_symbol_can_be_scanned():
    address = "http://127.0.0.1:8000/c/abcdefghijklmnop"
    rows = []
    for line in qr_lines(address, coloured=False):
        upper = [char in "▀█" for char in line]
        lower = [char in "▄█" for char in line]
        rows += [upper, lower]
    image = np.kron(np.where(np.array(rows), 0, 255).astype(np.uint8), np.ones((4, 4), np.uint8))
    assert [found.text for found in zxingcpp.read_barcodes(image)] == [address]


def test_columns_line_up():
    lines = list(table([("甲", "乙"), ("一二三", "x")]))
    assert lines == ["  甲      乙", "  一二三  x"]
