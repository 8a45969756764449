"""A helper sees the households that the imported list pairs him with, and no others."""

import datetime as dt

from yimaqing.domains.accounts.models import Assignment, User
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.intake.events import batch_applied
from yimaqing.domains.registry.factories import make_household
from yimaqing.domains.registry.models import Household, Pairing
from yimaqing.kit.rowscope import scoped


def pair(household, user):
    Pairing.objects.using("owner").create(
        place_code=household.place_code,
        household_id=household.pk,
        helper_name=user.display_name,
        user_id=user.pk,
        starts_on=dt.date(2020, 1, 1),
        batch_id=7,
    )


def test_the_list_opens_households_to_helpers_only(database):
    liu = User.objects.using("owner").create(username="liu", display_name="刘干部")
    stranger = User.objects.using("owner").create(username="x", display_name="路人")
    Assignment.objects.using("owner").create(
        user_id=liu.pk, role="helper", starts_on=dt.date(2020, 1, 1)
    )
    mine, other = make_household(), make_household()
    pair(mine, liu)
    pair(other, stranger)
    for _ in range(2):
        batch_applied.send(None, batch_id=7, dataset="pairings")
    with scoped(scope_of(liu)):
        assert list(Household.objects.values_list("pk", flat=True)) == [mine.pk]
    with scoped(scope_of(stranger)):
        assert not Household.objects.exists()
