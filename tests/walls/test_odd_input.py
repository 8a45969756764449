"""No page breaks over what somebody types into an address or a form: it answers below 500."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from yimaqing.domains.accounts.factories import make_assignment, make_user
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import make_household

COUNTY, VILLAGE = "141124000000", "141124104201"
NUMBERS = ["²", "9" * 30, "9" * 5000, "-1", "１２", "x"]
PAGES = [
    ("lists:households", "after={}&place={}"),
    ("intake:index", "before={}"),
    ("monitoring:warnings", "after={}-{}"),
    ("work:list", "after=2026-01-01.{}"),
    ("accounts:trail", "before={}"),
]


@pytest.fixture
def client(database):
    Place.objects.using("owner").create(code=COUNTY, name="临县", level=3, kind="county")
    Place.objects.using("owner").create(code=VILLAGE, name="白文村", level=5, kind="village")
    user = make_user("county_officer", COUNTY)
    make_assignment(user, "auditor", COUNTY)
    make_household(place_code=VILLAGE)
    browser = Client(raise_request_exception=False)
    browser.force_login(user)
    return browser


@pytest.mark.parametrize("page", PAGES)
def test_where_a_page_begins_may_be_nonsense(client, page):
    name, query = page
    for number in NUMBERS:
        domain, _colon, page_name = name.partition(":")
        at = reverse("lists:page", args=[page_name]) if domain == "lists" else reverse(name)
        address = f"{at}?{query.format(number, number)}"
        assert client.get(address).status_code == 200, address[:80]


@pytest.mark.parametrize(
    "address", ["/lists/households/?place=%00", "/cockpit/%00/", "/trail/?place=%00", "/?%00=x"]
)
def test_a_nul_in_an_address_is_refused(client, address):
    answer = client.get(address)
    assert answer.status_code == 400
    assert "无法识别的字符" in answer.content.decode()


@pytest.mark.parametrize("encoding", [{}, {"content_type": "application/x-www-form-urlencoded"}])
def test_a_nul_in_a_form_is_refused(client, encoding):
    data = "q=a%00b" if encoding else {"q": "a\0b"}
    assert client.post(reverse("lists:search"), data, **encoding).status_code == 400
    stranger = Client(raise_request_exception=False)
    data = "username=a%00b&password=x" if encoding else {"username": "a\0b", "password": "x"}
    assert stranger.post(reverse("accounts:login"), data, **encoding).status_code == 400


def test_a_nul_in_the_session_cookie_is_refused(client):
    client.cookies["yimaqing_session"] = "0123456789\0"
    assert client.get("/lists/households/").status_code == 400


def test_an_upload_with_a_nul_is_told_so_by_its_form(client):
    file = SimpleUploadedFile("户.csv", b"x")
    fields = {"dataset": "households", "mode": "check", "as_of": "2020-08-19", "source": "a\0b"}
    assert client.post("/imports/new/", fields | {"file": file}).status_code == 422
