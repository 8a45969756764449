"""The page of labels: a look at the first sheet, the job, the files, who may."""

import html
import re

import cv2
import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.codes.addresses import address_of
from yimaqing.domains.codes.models import Code, LabelRun, RunState
from yimaqing.domains.codes.queries import find_codes
from yimaqing.domains.codes.tasks import print_labels
from yimaqing.domains.codes.tests.decoding import symbols
from yimaqing.domains.codes.tokens import printed_number
from yimaqing.domains.registry.tests.card_village import COUNTY, NEXT_VILLAGE, VILLAGE, build
from yimaqing.kit.rowscope import scoped

ASKED = {
    "place": VILLAGE,
    "layout": "24",
    "kind": "household",
    "only": "unprinted",
    "order": "route",
    "start": "1",
    "year": "2026",
    "codes": "",
}


@pytest.fixture
def village(database, settings):
    settings.PUBLIC_URL = "https://ym.luliang.gov.cn"
    return build()


def at(user):
    client = Client()
    client.force_login(user)
    return client


def test_an_officer_looks_prints_and_takes_the_file(village):
    officer = village.users["county"]
    client = at(officer)
    assert "标签上有什么" in client.get("/codes/labels/").content.decode()
    page = client.get("/codes/labels/", ASKED).content.decode()
    assert "2 枚标签，1 张纸" in page
    image = client.get("/codes/labels/first.png", ASKED)
    assert image["Cache-Control"] == "private, no-store"
    drawn = cv2.imdecode(np.frombuffer(image.content, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert symbols(drawn) == {address_of(c.token) for c in (village.poor_code, village.other_code)}
    asked = client.post("/codes/labels/ask/", ASKED)
    run = LabelRun.objects.using("owner").get()
    assert asked["Location"] == f"/codes/labels/{run.pk}/"
    assert "等待生成" in client.get(asked["Location"]).content.decode()
    assert client.get(f"/codes/labels/{run.pk}/1.pdf").status_code == 404
    assert print_labels(run.pk) == RunState.READY
    assert client.get(f"/codes/labels/{run.pk}/progress/")["HX-Refresh"] == "true"
    assert "下载 PDF" in client.get(asked["Location"]).content.decode()
    taken = client.get(f"/codes/labels/{run.pk}/1.pdf")
    assert b"".join(taken.streaming_content).startswith(b"%PDF")
    assert Entry.objects.using("owner").filter(action="codes.labels_taken").count() == 1
    assert "没有要印的码" in client.get("/codes/labels/", ASKED).content.decode()


def test_a_torn_label_is_printed_again_by_its_number(village):
    client = at(village.users["county"])
    number = printed_number(village.poor_code.pk)
    page = client.get("/codes/labels/", ASKED | {"codes": f"{number}，"}).content.decode()
    assert "1 枚标签，1 张纸" in page
    wrong = client.get("/codes/labels/", ASKED | {"codes": number[:-1] + "x"})
    assert wrong.status_code == 422
    assert "没有这些码" in wrong.content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("start", "25"),
        ("start", "0"),
        ("layout", "99"),
        ("only", "x"),
        ("year", "1"),
        ("kind", "dog"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(village, field, value):
    client = at(village.users["county"])
    asked = ASKED | {field: value}
    assert client.get("/codes/labels/", asked).status_code == 422
    assert client.get("/codes/labels/first.png", asked).status_code == 404
    assert client.post("/codes/labels/ask/", asked).status_code == 404
    assert not LabelRun.objects.using("owner").exists()


def test_who_may_not_print_and_places_beyond_reach(village):
    for who in ("worker", "helper", "department", "property"):
        client = at(village.users[who])
        assert client.get("/codes/labels/").status_code == 403
        assert client.post("/codes/labels/ask/", ASKED).status_code == 403
    elsewhere = ASKED | {"place": "141102001001"}
    assert at(village.users["county"]).get("/codes/labels/", elsewhere).status_code == 404
    assert at(village.users["county"]).get("/codes/labels/", {"place": COUNTY}).status_code == 200


def test_an_inner_address_is_refused_with_what_to_do(village, settings):
    settings.PUBLIC_URL = "http://10.0.0.3"
    client = at(village.users["county"])
    assert "YIMAQING_PUBLIC_URL" in client.get("/codes/labels/").content.decode()
    assert client.get("/codes/labels/first.png", ASKED).status_code == 409
    client.post("/codes/labels/ask/", ASKED)
    assert not LabelRun.objects.using("owner").exists()


def test_a_village_without_codes_says_so(village):
    page = at(village.users["county"]).get("/codes/labels/", ASKED | {"place": NEXT_VILLAGE})
    assert "没有要印的码" in page.content.decode()


def test_the_panel_of_a_code_leads_to_its_label_and_to_all_of_the_village(village):
    client = at(village.users["county"])
    page = client.get(f"/households/{village.poor.pk}/").content.decode()
    (link,) = re.findall(r'href="(/codes/labels/[^"]+)"', page)
    assert "1 枚标签，1 张纸" in client.get(html.unescape(link)).content.decode()
    page = client.get(f"/places/{VILLAGE}/").content.decode()
    assert f"/codes/labels/?place={VILLAGE}" in page
    page = at(village.users["worker"]).get(f"/households/{village.poor.pk}/").content.decode()
    assert "/codes/labels/" not in page


def test_many_numbers_are_looked_up_at_once(village):
    county = village.users["county"]
    with scoped(scope_of(county)):
        codes = list(Code.objects.all())
        with CaptureQueriesContext(connection) as asked:
            found = find_codes([printed_number(codes[0].pk), codes[1].token, "9" * 40])
    assert list(found.values()) == [codes[0], codes[1], None]
    assert len(asked.captured_queries) == 1
