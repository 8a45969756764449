"""Figures and targets of places that merge."""

import datetime as dt

from yimaqing.domains.cockpit.models import StoredFigure, Target
from yimaqing.domains.places.actions import recode
from yimaqing.domains.places.models import Place

LEAVING, STAYING = "141124104201", "141124104202"
ON = dt.date(2026, 1, 1)
MARCH, APRIL = dt.date(2026, 3, 31), dt.date(2026, 4, 30)


def villages():
    for code in (LEAVING, STAYING):
        Place.objects.using("owner").create(code=code, name=code, level=5, kind="village")


def figure(code, value, known, as_of=MARCH):
    StoredFigure.objects.using("owner").create(
        as_of=as_of, place_code=code, measure="people", value=value, known=known, snapshot="s"
    )


def target(code, value):
    Target.objects.using("owner").create(
        place_code=code,
        measure="people",
        bound="least",
        value=value,
        due_on=APRIL,
        document=f"文件{value}",
    )


def test_figures_of_one_day_are_added_up_when_villages_merge(database):
    villages()
    figure(LEAVING, 3, 10)
    figure(STAYING, 4, 20)
    figure(LEAVING, 5, 11, APRIL)
    recode(LEAVING, STAYING, on=ON, reason="并村")
    held = StoredFigure.objects.using("owner").order_by("as_of")
    assert list(held.values_list("place_code", "as_of", "value", "known")) == [
        (STAYING, MARCH, 7, 30),
        (STAYING, APRIL, 5, 11),
    ]


def test_the_target_of_the_remaining_village_stays(database):
    villages()
    target(LEAVING, 30)
    target(STAYING, 50)
    recode(LEAVING, STAYING, on=ON, reason="并村")
    held = Target.objects.using("owner").get()
    assert (held.place_code, held.value, held.document) == (STAYING, 50, "文件50")


def test_a_target_goes_along_to_a_village_that_had_none(database):
    villages()
    target(LEAVING, 30)
    recode(LEAVING, STAYING, on=ON, reason="更名")
    assert Target.objects.using("owner").get().place_code == STAYING
