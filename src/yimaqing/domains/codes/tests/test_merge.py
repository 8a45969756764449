"""Codes of places that are renumbered or merged."""

import datetime as dt

from yimaqing.domains.codes.factories import make_code
from yimaqing.domains.codes.models import Code
from yimaqing.domains.places.actions import recode
from yimaqing.domains.places.models import Place

OLD, NEW = "141124104201", "141124104202"
ON = dt.date(2026, 1, 1)


def villages(*codes):
    for code in codes:
        Place.objects.using("owner").create(code=code, name=code, level=5, kind="village")


def now(code):
    return Code.objects.using("owner").get(pk=code.pk)


def test_a_renumbered_village_keeps_its_code(database):
    villages(OLD, NEW)
    code = make_code("village", OLD)
    recode(OLD, NEW, on=ON, reason="民发〔2026〕1号")
    assert (now(code).place_code, now(code).state) == (NEW, "active")


def test_of_two_villages_that_merge_the_remaining_one_keeps_its_code(database):
    villages(OLD, NEW)
    leaving, staying = make_code("village", OLD), make_code("village", NEW)
    recode(OLD, NEW, on=ON, reason="民发〔2026〕1号")
    assert now(staying).state == "active"
    ended = now(leaving)
    assert (ended.state, ended.replaced_by_id, ended.reason) == (
        "replaced",
        staying.pk,
        "地点合并",
    )
