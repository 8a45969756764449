"""Lists stay as quick with many users as with few."""

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from yimaqing.domains.accounts.factories import make_assignment, make_user
from yimaqing.domains.accounts.models import User
from yimaqing.domains.places.models import Place

COUNTY = "141124000000"


@pytest.fixture
def admin(client):
    Place.objects.using("owner").create(code=COUNTY, name="临县", level=3, kind="county")
    client.force_login(make_user("administrator", COUNTY))


def _queries(client, address):
    with CaptureQueriesContext(connections["default"]) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.mark.parametrize("address", ["/users/", "/users/places/?place_code=村"])
def test_a_list_asks_the_database_as_often_for_many_as_for_few(client, admin, address):
    def grow(many):
        for number in range(many):
            code = f"14112420{User.objects.count():04}"
            Place.objects.using("owner").create(
                code=code, name=f"第{number}村", level=5, kind="village"
            )
            user = make_user("village_worker", code)
            make_assignment(user, "helper", household_ids=[number + 1, number + 2])

    grow(2)
    few = _queries(client, address)
    grow(30)
    assert _queries(client, address) == few
