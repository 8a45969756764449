"""A recode asks for a run: until then the snapshot holds the codes of before."""

import datetime as dt

import pytest
from django.db import connections

from yimaqing.domains.places.actions import BadRecode, recode
from yimaqing.domains.places.models import Place

OLD, NEW = "141124104201", "141124104202"
ON = dt.date(2026, 1, 1)


def waiting():
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'monitoring.run'")
        return cursor.fetchone()[0]


def test_a_recode_asks_for_a_run(database):
    for code in (OLD, NEW):
        Place.objects.using("owner").create(code=code, name=code, level=5, kind="village")
    recode(OLD, NEW, on=ON, reason="并村")
    assert waiting() == 1


def test_a_refused_recode_asks_for_nothing(database):
    Place.objects.using("owner").create(code=OLD, name=OLD, level=5, kind="village")
    with pytest.raises(BadRecode):
        recode(OLD, NEW, on=ON, reason="并村")
    assert waiting() == 0
