"""The same file once more: what was refused for the lack of something that came later."""

import re

import pytest
from django.test import Client
from django.utils import translation

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.intake.models import Batch
from yimaqing.domains.intake.tasks import run_batch
from yimaqing.domains.intake.tests.test_mapping import chosen, logged_in, newest, upload
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.tests.sheets import (
    HOUSEHOLD,
    NUMBER,
    PERSON,
    make_places,
    send,
    sheet,
)

BUTTON = "同一文件再导入一次</button>"


@pytest.fixture
def ming(database):
    make_places()
    with translation.override("zh-hans"):
        yield logged_in()


def test_members_that_came_before_their_household_are_taken_from_the_same_file(ming):
    upload(ming, ("成员.csv", sheet(PERSON)), dataset="persons", mode="apply")
    first = newest()
    assert run_batch(first.pk) == "applied"
    assert newest().rejected == 1
    assert BUTTON in ming.get(f"/imports/{first.pk}/").content.decode()

    send("households", HOUSEHOLD)
    ming.post(f"/imports/{first.pk}/again/")
    again = newest()
    assert (again.pk > first.pk, again.sha256) == (True, first.sha256)
    assert run_batch(again.pk) == "applied"
    assert (newest().created, newest().rejected) == (1, 0)
    assert BUTTON not in ming.get(f"/imports/{again.pk}/").content.decode()

    ming.post(f"/imports/{again.pk}/again/")
    assert newest().pk == again.pk, "a file that was taken whole brings nothing more"


def test_another_s_file_is_not_sent_again(ming):
    nameless = HOUSEHOLD | {"户编号": "86141124000999", "户主姓名": ""}
    upload(ming, ("户.csv", sheet(HOUSEHOLD, nameless)), dataset="households", mode="apply")
    run_batch(newest().pk)
    assert BUTTON in ming.get(f"/imports/{newest().pk}/").content.decode()
    other = Client()
    other.force_login(make_user("township_officer", "141124104000", username="qiang"))
    assert BUTTON not in other.get(f"/imports/{newest().pk}/").content.decode()
    assert other.post(f"/imports/{newest().pk}/again/").status_code == 403
    assert Batch.objects.using("owner").count() == 1


ROLL = f"白文镇白文村建档立卡贫困户花名册,,\n户编号,户主,家庭人口数\n{NUMBER},王秀英,1\n".encode()


def test_a_sheet_s_village_is_named_as_people_name_it(ming):
    seat = {"code": "141124104001", "name": "白文居委会", "level": 5, "kind": "village"}
    Place.objects.using("owner").create(**seat)  # the town's seat, beside the village
    upload(ming, ("花名册.csv", ROLL), dataset="households", mode="check")
    batch = newest()
    assert run_batch(batch.pk) == "columns"
    page = ming.get(f"/imports/{batch.pk}/columns/").content.decode()
    given = dict(re.findall(r'name="constant-(\w+)" value="([^"]*)"', page))
    assert given["register_class"] == "建档立卡贫困户", "the title says it"
    assert given["place_code"] == "白文镇白文村"
    form = chosen(page) | {f"constant-{name}": value for name, value in given.items()}

    wrong = ming.post(f"/imports/{batch.pk}/columns/", form | {"constant-place_code": "无名村"})
    assert wrong.status_code == 422
    assert "在您负责的范围内找不到“无名村”" in wrong.content.decode()

    ming.post(f"/imports/{batch.pk}/columns/", form | {"save_as": "花名册"})
    assert run_batch(batch.pk) == "checked"
    assert (newest().created, newest().rejected) == (1, 0)

    # The next village's sheet of the layout is not read as this one's.
    other = ("又一份.csv", ROLL.replace("白文村".encode(), "曜头村".encode()))
    upload(ming, other, dataset="households", mode="check")
    assert run_batch(newest().pk) == "columns"
    page = ming.get(f"/imports/{newest().pk}/columns/").content.decode()
    assert 'name="constant-place_code" value="白文镇曜头村"' in page
