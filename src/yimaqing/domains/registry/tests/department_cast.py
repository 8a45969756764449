"""Helpers of the tests of departments' lists: 王秀英 of 白文村, whom everybody's lists are about."""

import datetime as dt

from django.test import Client

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.registry.departments.declared import lists
from yimaqing.domains.registry.departments.lines import set_trigger_line
from yimaqing.domains.registry.departments.weighing import weigh_lists
from yimaqing.domains.registry.factories import add_person, make_household
from yimaqing.domains.registry.linkage.listing import link_new_rows
from yimaqing.domains.registry.models import Change, Household, ListedPerson, Person
from yimaqing.domains.registry.tests.sheets import (
    BAIWEN,
    make_places,
    send,
)
from yimaqing.domains.work.models import Todo
from yimaqing.kit.dataset import Kind
from yimaqing.kit.rowscope import scoped

COUNTY, TOWNSHIP = "141124000000", "141124104000"
BORN = dt.date(1975, 2, 14)
#: What asks for a look, where a list asks for something special.
TELLING = {
    "attendance": "辍学",
    "grade": "D级",
    "degree": "一级",
    "job": "失业",
}


def wang_at_home():
    """王秀英 in an archived household of 白文村."""
    make_places()
    home = make_household(place_code=BAIWEN, head_name="王秀英", members=[])
    Household.objects.using("owner").filter(pk=home.pk).update(register_class="archived")
    return add_person(home, name="王秀英", sex="female", relation="head", born_on=BORN)


def row_of(name, **cells):
    """A row about 王秀英, or about her village."""
    one = lists()[name]
    row = {"村编号": BAIWEN, "统计截止日期": "2020-07-31"}
    if not one.of_places:
        row |= {"姓名": "王秀英", "性别": "女", "出生日期": "1975-02-14"}
    for fact in one.facts:
        if fact.table:
            row[fact.label] = TELLING.get(fact.name, next(iter(fact.table.shown.values())))
        elif fact.kind is Kind.DATE:
            row[fact.label] = "2020-03-02"
        else:
            row[fact.label] = "20" if fact.kind is Kind.INTEGER else "某某"
    return row | ({one.amount: "12300.50"} if one.amount else {}) | cells


def arrive(name, *rows, **options):
    """A list comes in, and what the jobs do then."""
    batch = send(name, *(rows or [row_of(name)]), **options)
    link_new_rows()
    weigh_lists()
    return batch


def register():
    """What the register says of everybody: no list may change it."""
    people = Person.objects.using("owner").order_by("pk").values()
    homes = Household.objects.using("owner").order_by("pk").values()
    return list(people), list(homes), Change.objects.using("owner").count()


def rows():
    return list(ListedPerson.objects.using("owner").order_by("pk"))


def hits(name, state="open"):
    return Todo.objects.using("owner").filter(kind=f"registry.hit_{name}", state=state)


def line(yuan, name="medical_bills", among="archived", starts_on=dt.date(2020, 1, 1)):
    officer = make_user("county_officer", COUNTY)
    with scoped(scope_of(officer)):
        return set_trigger_line(
            list_name=name,
            among=among,
            county=COUNTY,
            amount_fen=yuan * 100,
            starts_on=starts_on,
            document="县医保〔2020〕1号",
            by=officer,
        )


def signed_in(role, place, **more):
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(make_user(role, place, **more))
    return client
