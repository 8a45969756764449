"""The village that the stories of recognition happen in, and its officers."""

import datetime as dt

from django.test import Client

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.places.models import Place
from yimaqing.domains.recognition.factories import Officers
from yimaqing.domains.registry.factories import make_household
from yimaqing.domains.registry.models import Household
from yimaqing.kit.rowscope import scoped

COUNTY, TOWNSHIP = "141124000000", "141124104000"
BAIWEN, YAOTOU = "141124104201", "141124104202"
PLACES = (
    (COUNTY, "临县", 3, "county", ""),
    (TOWNSHIP, "白文镇", 4, "township", COUNTY),
    (BAIWEN, "白文村", 5, "village", TOWNSHIP),
    (YAOTOU, "曜头村", 5, "village", TOWNSHIP),
)
TODAY = dt.date.today()


def ago(days):
    return TODAY - dt.timedelta(days=days)


def make_places():
    for code, name, level, kind, parent in PLACES:
        Place.objects.using("owner").create(
            code=code, name=name, level=level, kind=kind, parent_code=parent
        )


def officers():
    return Officers(
        village=make_user("village_worker", BAIWEN, display_name="王工"),
        township=make_user("township_officer", TOWNSHIP, display_name="赵镇"),
        county=make_user("county_officer", COUNTY, display_name="周县"),
    )


def wang(**fields):
    """王秀英's household: lifted, she and her husband can work, all seven are well."""
    values = {"labour_skill": "ordinary", "born_on": dt.date(1975, 2, 14)}
    member = {"name": "刘建国", "relation": "spouse", **values}
    return make_household(head_name="王秀英", members=[member], **fields)


def group_of(household):
    return Household.objects.using("owner").get(pk=household.pk).group


def acting(user, action, **said):
    """One action as this user, under row-level security."""
    with scoped(scope_of(user)):
        return action(by=user, **said)


def browser(user):
    client = Client()
    client.force_login(user)
    return client
