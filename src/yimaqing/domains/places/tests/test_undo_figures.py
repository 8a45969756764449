"""A wrong file of yearly figures is taken back: figures, and the statuses that followed.

Cast: the county sends 白文村's yearly file, once with the wrong standing.
"""

import pytest
from django.utils import timezone

from yimaqing.domains.intake.actions import keep_file, receive
from yimaqing.domains.intake.running import run
from yimaqing.domains.intake.undo.requests import undo_batch
from yimaqing.domains.intake.undo.running import run_undo
from yimaqing.domains.places.models import Place, PlaceStatus, PlaceYear

VILLAGE = "141124104201"
HEAD = "地点编号,年度,地点属性,户数,退出年度\n"


@pytest.fixture
def village(database):
    Place.objects.using("owner").create(code=VILLAGE, name="白文村", level=5, kind="village")


def send(*lines):
    stored = keep_file([(HEAD + "\n".join(f"{VILLAGE},{line}" for line in lines)).encode()])
    batch = receive(
        dataset="village_year",
        file_name="figures.csv",
        stored=stored,
        by=None,
        as_of=timezone.localdate(),
        using="owner",
    )
    return run(batch.pk)


def undo(batch):
    return run_undo(
        undo_batch(batch=batch, reason="年份填错", by=None, dry_run=False, using="owner").pk
    )


def figures():
    years = PlaceYear.objects.using("owner").order_by("year")
    statuses = PlaceStatus.objects.using("owner").order_by("starts_on", "status")
    return (
        list(years.values_list("year", "attribute", "households", "batch_id", "source")),
        list(statuses.values_list("status", "starts_on", "ends_on", "source")),
    )


def test_figures_and_statuses_go(village):
    before = figures()
    batch = send("2018,贫困村,120,", "2019,贫困村,118,2019")
    assert len(figures()[0]) == 2
    assert len(figures()[1]) == 1
    done = undo(batch)
    assert (done.state, done.removed) == ("undone", 2)
    assert figures() == before


def test_changed_figures_and_an_ended_status_are_as_before(village):
    send("2018,贫困村,120,")
    before = figures()
    batch = send("2018,贫困村,119,2019")
    assert (batch.updated, figures() == before) == (1, False)
    assert undo(batch).restored == 1
    assert figures() == before


def test_what_a_later_file_changed_stays_until_that_one_is_undone(village):
    empty = figures()
    first = send("2018,贫困村,120,")
    second = send("2018,贫困村,119,")
    done = undo(first)
    assert (done.removed, done.kept) == (0, 1)
    undo(second)
    assert undo(first).removed == 1
    assert figures() == empty
