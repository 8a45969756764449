"""What a worker of the web service has done before its first visitor comes."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.cockpit.factories import make_snapshot, standing_row
from yimaqing.domains.cockpit.queries.standing import code_sql
from yimaqing.domains.cockpit.tests.conftest import BAIWEN, PREFECTURE
from yimaqing.domains.cockpit.warming import warm

QUESTION = """
import sys
import django
django.setup()
from yimaqing.domains.cockpit.queries import figures_below, households_of, opened, place_figures
from yimaqing.domains.cockpit.warming import warm
warm()
ranges = [("1411", "1412")]
snapshot = opened()
assert place_figures(snapshot, ranges, 1)["households"].value == 2
assert figures_below(snapshot, "households", ranges, 6, {"141124": 1})
(later,) = households_of(snapshot, "households", ranges, after=("141124104201", 1))
assert later.household_id == 2
assert "pandas" not in sys.modules, "DuckDB imports pandas for parameters: 1.5 s"
"""


def test_figures_and_lists_come_without_pandas(database, tmp_path):
    rows = [standing_row(BAIWEN, household_id=i) for i in (1, 2)]
    make_snapshot(database.home / "lake", rows)
    environment = database.environment | {"DJANGO_SETTINGS_MODULE": "yimaqing.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", QUESTION],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("text", ["", "1411' OR true --", "1411;", "九"])
def test_only_codes_get_into_a_query(text):
    with pytest.raises(ValueError, match=text or "^$"):
        code_sql(text)


def test_an_installation_without_households_opens_its_cockpit(places, lake):
    make_snapshot(lake, [])
    client = Client()
    client.force_login(make_user("leader", PREFECTURE))
    assert client.get(f"/cockpit/{PREFECTURE}/").status_code == 200


def test_a_snapshot_that_cannot_be_read_does_not_keep_the_service_from_starting(lake, caplog):
    made = make_snapshot(lake, [standing_row(BAIWEN, household_id=1)])
    for file in made.files("monitoring.standing"):
        Path(file).write_bytes(b"torn")
    warm()
    assert "was not opened" in caplog.text
