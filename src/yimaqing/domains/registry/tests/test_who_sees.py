"""What a scan lets a viewer see is what accounts say of each assignment, whatever they hold.

The scan decides in SQL, in one statement; accounts decide in Python, for every other page.
"""

import datetime as dt
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yimaqing.domains.accounts.factories import make_assignment, make_user
from yimaqing.domains.accounts.models import AssignedHousehold, Assignment, Session
from yimaqing.domains.accounts.queries import ROLES, may
from yimaqing.domains.codes.factories import make_code
from yimaqing.domains.codes.kinds import cards
from yimaqing.domains.codes.scan.statement import SCAN_PERMISSION, roles_by_kind
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import make_household

COUNTY, TOWNSHIP, VILLAGE = "141124000000", "141124104000", "141124104201"
PLACES = ("140000000000", "141100000000", COUNTY, TOWNSHIP, VILLAGE, "141124104202", "141102000000")
OTHER = 10**9
DAYS = (-2, -1, 0, 1)
RANK = ("outside", "limited", "member")

assignments = st.lists(
    st.tuples(
        st.sampled_from(sorted(ROLES)),
        st.sampled_from(("", *PLACES)),
        st.sampled_from(DAYS),
        st.sampled_from((None, *DAYS)),
        st.dictionaries(
            st.sampled_from(("this", "another")),
            st.tuples(st.sampled_from((None, *DAYS)), st.sampled_from((None, *DAYS))),
        ),
    ),
    max_size=3,
)


@pytest.fixture
def cast(database):
    """Codes of a village and a household in it, their viewer, and one who holds one post only."""
    for code, level, kind in ((COUNTY, 3, "county"), (TOWNSHIP, 4, "township")):
        Place.objects.using("owner").create(code=code, name=kind, level=level, kind=kind)
    Place.objects.using("owner").create(code=VILLAGE, name="白文村", level=5, kind="village")
    subjects = (("county", COUNTY), ("township", TOWNSHIP), ("village", VILLAGE))
    codes = [make_code(kind, place) for kind, place in subjects]
    codes.append(make_code("household", VILLAGE, make_household(place_code=VILLAGE).pk))
    return codes, make_user(), make_user()


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(held=assignments)
def test_a_scan_shows_what_accounts_allow(cast, held):
    codes, user, alone = cast
    names = {"this": codes[-1].household_id, "another": OTHER}
    held = [
        # `assign` lets no other role name households.
        (*post, {names[n]: d for n, d in named.items()} if ROLES[post[0]].by_household else {})
        for *post, named in held
    ]
    _hold(user, held)
    expected = dict.fromkeys(codes, "outside")
    for each in held:
        _hold(alone, [each])
        for code in codes:
            expected[code] = max(expected[code], _allowed(alone, code), key=RANK.index)
    assert {code: _scanned(user, code) for code in codes} == expected


def _hold(user, held):
    Assignment.objects.using("owner").filter(user=user).delete()
    today = timezone.localdate()

    def day(offset):
        return None if offset is None else today + dt.timedelta(days=offset)

    for role, place, starts, ends, households in held:
        post = make_assignment(user, role, place, starts_on=day(starts), ends_on=day(ends))
        AssignedHousehold.every.bulk_create(
            AssignedHousehold(
                assignment=post, household_id=number, starts_on=day(first), ends_on=day(end)
            )
            for number, (first, end) in households.items()
        )


def _allowed(user, code):
    """For who holds one assignment: both rights come from the same role."""
    card = cards()[code.kind]
    household = code.household_id
    if not all(
        may(user, right, code.place_code, household) for right in (SCAN_PERMISSION, card.permission)
    ):
        return "outside"
    (role,) = (ROLES[post.role] for post in Assignment.objects.filter(user=user))
    full, _limited = roles_by_kind()
    return "member" if f"{code.kind}:{role.slug}" in full else "limited"


def _scanned(user, code):
    client = Client()
    client.force_login(user)
    key = Session.objects.filter(user_id=user.pk).latest("expire_date").session_key
    full, limited = roles_by_kind()
    asked = [code.token, key]
    given_roles: list[Any] = [timezone.localdate(), full, limited]
    call = "codes_open(%s, %s, %s, 'x', %s, %s, %s, '{}', 20, 100, '10 minutes')"
    with connections["default"].cursor() as cursor:
        cursor.execute(f"SELECT standing FROM {call}", [*asked, "", *given_roles])
        ((standing,),) = cursor.fetchall()
        cursor.execute(f"SELECT role FROM {call}", [*asked, standing, *given_roles])
        ((role,),) = cursor.fetchall()
        return role
