"""One indicator on two days: two columns of one sheet, one import.

李明 asked in May and in June 2020 how many days a year there is no water.
"""

import re

from django.test import Client

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.intake.models import State
from yimaqing.domains.intake.tasks import run_batch
from yimaqing.domains.intake.tests.test_abreast import csv, held, register
from yimaqing.domains.intake.tests.test_mapping import chosen, newest, upload
from yimaqing.domains.registry.tests.sheets import NUMBER, OTHER, send

__all__ = ["register"]


def test_one_indicator_on_two_days_stands_in_one_sheet(register):
    client = Client()
    client.force_login(make_user("township_officer", "141124104000"))
    heads = ["户编号", "缺水天数(2020年5月31日)", "缺水天数(2020年6月30日)"]
    rows = [[NUMBER, "30", "30"], [OTHER, "2", ""], [NUMBER, "30", "30"]]
    upload(client, ("缺水.csv", csv(heads, *rows)), dataset="readings")
    batch = newest()
    assert run_batch(batch.pk) == State.COLUMNS, "two columns for one: somebody looks at it"
    address = f"/imports/{batch.pk}/columns/"
    form = chosen(client.get(address).content.decode())
    [days] = {target for target in (form["target-1"], form["target-2"]) if target}
    form |= {"target-1": days, "target-2": days, "save_as": "缺水"}
    answer = client.post(address, form)
    assert answer.status_code == 302, re.findall(r'role="alert">(.*?)<', answer.content.decode())
    assert run_batch(batch.pk) == "applied", newest().failure
    told = sorted((str(number), day) for _, number, day, _ in held())
    assert [(float(n), d) for n, d in told] == [
        *((2, "2020-05-31"), (30, "2020-05-31"), (30, "2020-06-30"))
    ]
    later = ["户编号", "缺水天数(2020年7月31日)", "缺水天数(2020年8月9日)"]
    upload(client, ("缺水.csv", csv(later, [NUMBER, "1", "3"])), dataset="readings")
    assert run_batch(newest().pk) == "applied", "the mapping takes the days of its headings"
    assert {day for _, _, day, _ in held()} >= {"2020-07-31", "2020-08-09"}
    upload(client, ("缺水.csv", csv([*later[:2], later[1]], rows[0])), dataset="readings")
    assert run_batch(newest().pk) in (State.COLUMNS, State.UNUSABLE), "one day twice"


def test_each_of_two_columns_of_one_indicator_has_its_own_unit(register):
    days = {"2020-05-31": 10, "2020-06-30": 1}
    values = [
        {"heading": f"缺水{day}", "target": "value=water.guarantee", "day": day, "factor": factor}
        for day, factor in days.items()
    ]
    plan = {
        "dataset": "readings",
        "columns": [{"heading": "户编号", "target": "household_number"}, *values],
    }
    data = csv(["户编号", *(one["heading"] for one in values)], [NUMBER, "3", "2"])
    batch = send("readings", data=data, plan=plan)
    assert batch.state == "applied", batch.failure
    assert {(float(number), day) for _, number, day, _ in held()} == {
        (30.0, "2020-05-31"),
        (2.0, "2020-06-30"),
    }
