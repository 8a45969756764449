"""Households and officers of two counties, for the tests of versions."""

import pytest

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.monitoring.tests.rules_cast import BAIWEN, DRY, LIN, LISHI
from yimaqing.domains.registry.factories import make_household
from yimaqing.kit.rowscope import Scope, scoped


@pytest.fixture
def homes(database):
    return [make_household(place_code=place, readings=DRY) for place in (BAIWEN, LISHI)]


@pytest.fixture
def officers(database):
    return [
        make_user("county_officer", f"{county}000000", display_name=name)
        for county, name in ((LIN, "赵刚"), (LIN, "陈静"), ("141102", "周平"))
    ]


@pytest.fixture
def within(officers):
    with scoped(Scope((("141124", "141125"),), user_id=officers[0].pk)):
        yield officers
