"""Figures kept after each evaluation: what 吴市长 and 周乡长 see of the months."""

import datetime as dt

import pytest

from yimaqing.domains.audit.models import Entry
from yimaqing.domains.cockpit.actions import store_figures
from yimaqing.domains.cockpit.factories import make_snapshot, standing_row
from yimaqing.domains.cockpit.models import StoredFigure
from yimaqing.domains.cockpit.queries import trend_of
from yimaqing.domains.cockpit.tests.conftest import (
    BAIWEN,
    BAIWEN_TOWN,
    LINXIAN,
    MAFANG_VILLAGE,
    PREFECTURE,
    YAOTOU,
)
from yimaqing.domains.monitoring.events import evaluated as evaluated_event
from yimaqing.kit.rowscope import Scope, scoped

EVERYWHERE = [("1411", "1412")]


def evaluated(lake, as_of, red, green=5, village=BAIWEN):
    rows = [standing_row(village, as_of=as_of, colour="red") for _ in range(red)]
    rows += [standing_row(village, as_of=as_of) for _ in range(green)]
    make_snapshot(lake, rows)
    return store_figures()


@pytest.fixture
def months(places, lake):
    evaluated(lake, dt.date(2020, 6, 10), 9)
    evaluated(lake, dt.date(2020, 6, 30), 4)
    evaluated(lake, dt.date(2020, 7, 31), 2)


def test_a_month_shows_its_last_evaluation(months):
    with scoped(Scope.everything()):
        points = trend_of("colour.red", EVERYWHERE)
    assert [(p.as_of.isoformat(), p.value, p.known, p.reported) for p in points] == [
        ("2020-06-30", 4, 9, 1),
        ("2020-07-31", 2, 7, 1),
    ]


def test_storing_a_day_again_replaces_it(places, lake):
    stored = evaluated(lake, dt.date(2020, 7, 31), 2)
    assert evaluated(lake, dt.date(2020, 7, 31), 3) == stored
    assert StoredFigure.objects.using("owner").filter(measure="colour.red").get().value == 3
    assert Entry.objects.using("owner").filter(action="cockpit.figures_stored").count() == 2


def test_of_a_month_the_last_two_evaluations_stay(places, lake):
    for day in (3, 10, 17, 24):
        evaluated(lake, dt.date(2020, 8, day), 1)
    days = StoredFigure.objects.using("owner").order_by("as_of").values_list("as_of", flat=True)
    assert list(days.distinct()) == [dt.date(2020, 8, 17), dt.date(2020, 8, 24)]


def test_what_nobody_knows_is_not_stored(places, lake):
    make_snapshot(lake, [standing_row(BAIWEN, water_state="unknown")])
    store_figures()
    held = set(StoredFigure.objects.using("owner").values_list("measure", flat=True))
    assert "fail.water" not in held
    assert {"fail.food", "unknown.water"} <= held


def test_an_evaluation_stores_its_figures_by_itself(places, lake):
    snapshot = make_snapshot(lake, [standing_row(BAIWEN, colour="red")])
    evaluated_event.send(sender=None, snapshot=snapshot.name, as_of=dt.date(2020, 7, 31))
    held = StoredFigure.objects.using("owner").get(measure="colour.red")
    assert (held.value, held.snapshot) == (1, snapshot.name)


def test_row_level_security_hides_other_places(places, lake):
    make_snapshot(lake, [standing_row(BAIWEN), standing_row(MAFANG_VILLAGE)])
    store_figures()
    with scoped(Scope(ranges=(("141124104", "141124105"),))):
        seen = set(StoredFigure.objects.values_list("place_code", flat=True))
    assert seen == {BAIWEN}
    with scoped(Scope.nothing()):
        assert not StoredFigure.objects.exists()


def test_the_page_says_the_change_since_the_evaluation_before(login, lake, months):
    page = login("leader", PREFECTURE).get(f"/cockpit/{LINXIAN}/").content.decode()
    assert "较6月30日 −2" in page


def test_the_trend_is_of_the_viewers_places(login, lake):
    rows = [standing_row(BAIWEN, colour="red"), standing_row(YAOTOU, colour="red")]
    make_snapshot(lake, [*rows, standing_row(MAFANG_VILLAGE, colour="red")])
    store_figures()
    client = login("township_officer", BAIWEN_TOWN)
    points = client.get(f"/cockpit/{LINXIAN}/trend.json?measure=colour.red").json()["points"]
    assert points == [{"as_of": "2020-07-31", "value": 2, "known": 2, "reported": 2}]
    assert client.get(f"/cockpit/{LINXIAN}/trend.json?measure=no").status_code == 404
