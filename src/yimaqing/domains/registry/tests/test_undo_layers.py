"""Whatever is sent, corrected and undone in whatever order: the last statement that stands holds.

Cast: 赵强 sends lists and takes some back; 李明 corrects by hand; 王秀英's household.
"""

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.registry.actions import correct_household
from yimaqing.domains.registry.models import Household
from yimaqing.domains.registry.tests.sheets import HOUSEHOLD, make_places, send
from yimaqing.domains.registry.tests.test_undo import undo
from yimaqing.kit.rowscope import scoped

FIELDS = {"team": "组", "address": "住址", "bank_name": "开户银行", "phone": "联系电话"}
BY_HAND = ("team", "address", "bank_name")
WORDS = st.sampled_from(["甲", "乙", "丙"])
PHONES = st.sampled_from(["15400000001", "15400000002", "15400000003"])
ROWS = st.fixed_dictionaries({"team": WORDS, "address": WORDS, "bank_name": WORDS, "phone": PHONES})
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), ROWS),
        st.tuples(st.just("correct"), st.sampled_from(BY_HAND), WORDS),
        st.tuples(st.just("undo"), st.integers(0, 9)),
    ),
    min_size=3,
    max_size=9,
)


@pytest.fixture
def ming(database):
    make_places()
    return make_user("township_officer", "141124104000")


def held():
    home = Household.objects.using("owner").get()
    return {n: getattr(home, n) for n in BY_HAND} | {"phone": bytes(home.phone_index)}


def empty():
    with connections["owner"].cursor() as cursor:
        cursor.execute("TRUNCATE registry_household, intake_batch, work_todo CASCADE")


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=ROWS, steps=STEPS)
def test_the_last_statement_that_stands_holds(ming, first, steps):
    empty()
    send("households", HOUSEHOLD | {FIELDS[n]: v for n, v in first.items()})
    index = {first["phone"]: held()["phone"]}
    layers = {name: [("base", value)] for name, value in first.items()}
    batches = []
    for act, *what in steps:
        if act == "send":
            [row] = what
            batches.append(send("households", HOUSEHOLD | {FIELDS[n]: v for n, v in row.items()}))
            for name, value in row.items():
                if layers[name][-1][1] != value:
                    layers[name].append((batches[-1].pk, value))
            index[row["phone"]] = held()["phone"]
        elif act == "correct":
            name, value = what
            with scoped(scope_of(ming)):
                home = Household.objects.get()
                correct_household(household=home, values={name: value}, reason="核实", by=ming)
            if layers[name][-1][1] != value:
                layers[name].append(("hand", value))
        elif batches:
            batch = batches[what[0] % len(batches)]
            undo(batch)
            for name, stack in layers.items():
                layers[name] = [one for one in stack if one[0] != batch.pk]
        expected = {name: stack[-1][1] for name, stack in layers.items()}
        expected["phone"] = index[expected["phone"]]
        assert held() == expected
