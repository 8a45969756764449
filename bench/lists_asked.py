"""What the clients of the lists bench ask for, as an officer of the whole prefecture."""

from __future__ import annotations

import datetime as dt
import random
from urllib.parse import urlencode

from django.conf import settings
from django.db import connections
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client

from bench.lists_load import Asked
from yimaqing.domains.accounts.models import Assignment, User
from yimaqing.domains.lists.actions import keep_question
from yimaqing.domains.lists.asking import Question
from yimaqing.domains.lists.catalogue import listing, listings

OFFICER = "benchpref"
PREFECTURE = "141100000000"
FILTERS: dict[str, tuple[str, ...]] = {
    "households": (
        "f.register_class=archived",
        "f.main_cause=illness",
        "f.monitored_group=sudden_hardship",
        "f.monitored_group=unstable",
        "f.poverty_status=returned",
        "f.member_count=5..",
        "f.exit_year=1990..2000",
        "f.register_class=archived&f.monitored_group=marginal_at_risk",
        "f.household_number=86000000000001",
        "place=141124000000&f.attribute=minimum_living",
    ),
    "persons": (
        "f.sex=male",
        "f.health=disabled",
        "f.ethnicity=hui",
        "f.ethnicity=dong",
        "f.ethnicity=tibetan",
        "f.education=senior&f.health=chronic",
        "f.relation=mother&f.work_area=other_province",
        "f.born_on=2019-01-01..2019-06-30",
        "f.born_on=2031-01-01..",
        "f.work_months=11",
        "f.minimum_living=yes&f.health=disabled",
        "f.ethnicity=~",
        "place=141124104000&f.health=disabled",
        "place=141124104000&sort=name",
    ),
    "payments": (
        "f.fund=%E4%BD%8E%E4%BF%9D%E9%87%91",
        "f.fund=%E6%B2%A1%E6%9C%89",
        "f.amount=999..1000",
        "f.paid_on=2019-03-01..2019-03-31",
        "f.paid_on=2030-01-01..",
        "f.serial=P77-1",
    ),
    "measures": ("f.measure_group=education", "f.year=2019", "f.year=2001", "f.number=M9-1"),
    "incomes": ("f.per_capita=0..3000", "f.net=10..20", "f.year=1999", "f.wage=299000.."),
    "warnings": ("f.colour=red", "f.colour=orange", "f.indicator=water", "f.since=2030-01-01.."),
    "todos": ("f.due_on=2026-11-01..2026-11-10", "f.due_on=2030-01-01.."),
}
NAMES = ("三丰", "王秀英", "欧阳", "丽", "张三丰丰", "龘")
SEARCHES = {
    "part of a name": ("三丰", "王", "建国", "薛梅", "张丽丽丽", "龘"),
    "pinyin": ("zsf", "wxy", "zz", "zhangsanfeng", "wang xiu", "qqqq", "xuxuxu"),
    "number": ("14119919600101000X", "13800009999", "86000000123456", "86999999999999"),
    "address": ("王家庄200村5号", "王家庄210", "李家庄"),
}


def requests() -> list[Asked]:
    """Every kind of request, reads and a few writes, with the officer's log-in."""
    user = officer()
    headers = _logged_in(user)
    found = [
        Asked("page", "GET", f"/lists/{one.slug}/?sort={sort.name}", headers, weight=4)
        for one in listings().values()
        for sort in one.sorts
    ]
    for slug, queries in FILTERS.items():
        found += [Asked("filter", "GET", f"/lists/{slug}/?{q}", headers, weight=3) for q in queries]
        found += [Asked("count", "GET", f"/lists/{slug}/count/?{q}", headers) for q in queries]
    found += [Asked("count", "GET", f"/lists/{one}/count/", headers) for one in listings()]
    found += _deep(headers) + _named(user, headers)
    for kind, words in SEARCHES.items():
        found += [_posted(f"search {kind}", "/lists/search/", headers, q=w) for w in words]
    return found + _writes(headers)


def questions() -> list[Question]:
    """The pages among them, as questions."""
    from django.http import QueryDict  # noqa: PLC0415 - beside its one use

    from yimaqing.domains.lists.asking import from_address  # noqa: PLC0415

    plain = [
        Question(one.slug, sort=sort.name) for one in listings().values() for sort in one.sorts
    ]
    asked = [
        from_address(listing(slug), QueryDict(query))
        for slug, queries in FILTERS.items()
        for query in queries
    ]
    return plain + asked


def officer() -> User:
    """The officer of the whole prefecture, made where there is none."""
    found, is_new = User.objects.using("owner").get_or_create(
        username=OFFICER, defaults={"display_name": "市里"}
    )
    if is_new:
        Assignment.objects.using("owner").create(
            user_id=found.pk,
            role="county_officer",
            place_code=PREFECTURE,
            place_level=2,
            starts_on=dt.date(2020, 1, 1),
        )
    return found


def _logged_in(user: User) -> tuple[str, ...]:
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    secret = _get_new_csrf_string()
    return (
        f"Cookie: {settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={secret}",
        f"X-CSRFToken: {secret}",
        "Accept-Language: zh-CN,zh;q=0.9",
    )


def _deep(headers: tuple[str, ...]) -> list[Asked]:
    """Pages from anywhere: after a row drawn at random."""
    dice = random.Random(20200819)  # noqa: S311 - which row
    found = []
    for one in listings().values():
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {one.table}")
            last = int(cursor.fetchone()[0])
        if not last:
            continue
        for sort in one.sorts:
            for way in ("after", "before", "after"):
                query = f"sort={sort.name}&{way}={dice.randint(1, last)}"
                found.append(
                    Asked("deep page", "GET", f"/lists/{one.slug}/?{query}", headers, weight=2)
                )
    return found


def _named(user: User, headers: tuple[str, ...]) -> list[Asked]:
    """Lists filtered by names and numbers, through kept questions."""
    found = []
    for slug, column in (("persons", "name"), ("households", "head_name")):
        for name in NAMES:
            asked = Question(slug, filters={column: (name,)})
            kept = keep_question(listing=listing(slug), question=asked, by=user)
            path = f"/lists/{slug}/?q={kept.token}"
            found.append(Asked("filter by name", "GET", path, headers, weight=2))
    return found


def _posted(kind: str, path: str, headers: tuple[str, ...], **form: str) -> Asked:
    right = (200, 302)
    return Asked(kind, "POST", path, headers, urlencode(form).encode(), weight=2, right=right)


def _writes(headers: tuple[str, ...]) -> list[Asked]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT household_id, id FROM registry_person"
            " WHERE valid AND id_number_sealed IS NOT NULL ORDER BY id LIMIT 40"
        )
        people = cursor.fetchall()
    views = [
        _posted("write view", "/lists/persons/save/?f.sex=male", headers, name=f"视图{n}")
        for n in range(10)
    ]
    kept = [_posted("write question", "/lists/persons/filter/", headers, **{"f.name": "三丰"})]
    unmasked = [
        _posted(
            "write unmask",
            f"/households/{household}/unmask/",
            headers,
            person=str(person),
            field="id_number",
            purpose="visit",
        )
        for household, person in people
    ]
    return views + kept * 10 + unmasked
