"""Out of monitoring: the same steps, what forbids it, and the other ways that it ends.

Cast: 王秀英's household in 白文村; 王工 of the village, 赵镇 of the township, 周县 of the county;
李工 of the next village.
"""

import pytest
from django.core.exceptions import PermissionDenied

from yimaqing.domains.monitoring.models import IncomeLine
from yimaqing.domains.recognition import actions
from yimaqing.domains.recognition.actions import Forbids, NotNow
from yimaqing.domains.recognition.factories import make_procedure
from yimaqing.domains.recognition.machine import State
from yimaqing.domains.recognition.models import Procedure, RiskMeasure
from yimaqing.domains.recognition.tests.cast import (
    TODAY,
    acting,
    ago,
    browser,
    group_of,
    make_places,
    officers,
    wang,
)
from yimaqing.domains.registry.factories import add_person, add_reading
from yimaqing.domains.registry.models import Household, Person, Reading, YearlyIncome
from yimaqing.domains.work.models import Todo

WELL = {"food": "pass", "clothing": "pass", "housing": "A", "income": 15000.0}
WATER = {
    "water.quantity": 60.0,
    "water.convenience": 5.0,
    "water.guarantee": 3.0,
    "water.quality": "pass",
}


@pytest.fixture
def cast(database):
    make_places()
    return officers()


def fresh(held):
    return Procedure.objects.using("owner").get(pk=held.pk)


def todos():
    return set(Todo.objects.using("owner").filter(state="open").values_list("kind", "raised_level"))


def monitored(cast, **fields):
    """王秀英's household, well by now and monitored for 200 days with a measure."""
    home = wang(**fields)
    for kind in ("poverty", "monitoring"):
        IncomeLine.objects.using("owner").create(
            kind=kind, year=TODAY.year, value_yuan=8000, source="试用", status="proposal"
        )
    Person.objects.using("owner").filter(household_id=home.pk).update(
        labour_skill="ordinary", resident_medical=True
    )
    for person in Person.objects.using("owner").filter(household_id=home.pk):
        add_reading(home, "medical", "insured", person_id=person.pk)
    for indicator, value in (WELL | WATER).items():
        add_reading(home, indicator, value)
    _income(home, wage=80_000_00)
    held = make_procedure(household_id=home.pk, until=State.MONITORED, by=cast, begun=ago(25))
    said = {
        "risk": "accident",
        "measure_group": "employment",
        "name": "公岗",
        "responsible": "村委",
    }
    acting(cast.village, actions.add_measure, procedure=held, on=TODAY, **said)
    Procedure.objects.using("owner").filter(pk=held.pk).update(recognised_on=ago(200))
    return home, fresh(held)


def _income(home, wage, transfer=0):
    YearlyIncome.objects.using("owner").create(
        place_code=home.place_code,
        household_id=home.pk,
        year=TODAY.year - 1,
        wage_fen=wage,
        operating_fen=0,
        property_fen=0,
        transfer_fen=transfer,
        operating_cost_fen=0,
        total_fen=wage + transfer,
        net_fen=wage + transfer,
        per_capita_fen=(wage + transfer) // 2,
        divisor=2,
        divisor_basis="registered",
    )


def propose(cast, held):
    acting(cast.village, actions.propose_removal, procedure=held, on=TODAY, words="已稳定就业")


def test_removal_goes_the_same_way_and_the_county_ends_it(cast):
    home, held = monitored(cast)
    propose(cast, held)
    assert todos() == {("recognition.removal_verifying", None)}
    out = {"visitors": "王工、队员", "words": "收入稳定", "proposed": True}
    acting(cast.village, actions.verify, procedure=held, on=TODAY, **out)
    votes = {"present": 20, "in_favour": 20, "against": 0}
    acting(cast.village, actions.appraise, procedure=held, on=TODAY, **votes)
    acting(cast.village, actions.publish, procedure=held, on=TODAY, posted_at="村委会")
    with pytest.raises(NotNow, match="公示期未满"):
        acting(cast.village, actions.conclude, procedure=held, on=TODAY)
    Procedure.objects.using("owner").filter(pk=held.pk).update(public_until=ago(1))
    acting(cast.village, actions.conclude, procedure=held, on=TODAY)
    acting(cast.township, actions.pass_on, procedure=held, on=TODAY, words="同意")
    assert group_of(home) == "unstable"

    # Something new happens before the county decides.
    worse = add_reading(home, "housing", "D")
    with pytest.raises(Forbids, match="住房"):
        acting(cast.county, actions.approve, procedure=held, on=TODAY, words="同意")
    worse.delete()
    acting(cast.county, actions.approve, procedure=held, on=TODAY, words="同意消除")
    assert (fresh(held).state, fresh(held).ended_on, group_of(home)) == ("removed", TODAY, "")
    printed = browser(cast.village).post(f"/recognition/{held.pk}/print/removal/")
    assert printed["Content-Type"] == "application/pdf"
    assert browser(cast.village).post(f"/recognition/{held.pk}/print/approval/").status_code == 404
    assert todos() == set()

    # The risk comes again: a further procedure that knows the former one.
    again = make_procedure(household_id=home.pk, until=State.VERIFYING, by=cast, begun=TODAY)
    assert again.former_id == held.pk


def short_watch(home, held):
    Procedure.objects.using("owner").filter(pk=held.pk).update(recognised_on=ago(100))


def no_measure(home, held):
    RiskMeasure.objects.using("owner").all().delete()


def unknown(home, held):
    Reading.objects.using("owner").filter(indicator="food").delete()


def mostly_transfers(home, held):
    YearlyIncome.objects.using("owner").all().delete()
    _income(home, wage=10_000_00, transfer=60_000_00)


def no_income(home, held):
    YearlyIncome.objects.using("owner").all().delete()


def no_labour(home, held):
    Person.objects.using("owner").filter(household_id=home.pk).update(labour_skill="lost")


def child_out_of_school(home, held):
    add_person(home, name="刘小明", born_on=ago(10 * 366), readings={"education": "out"})


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (short_watch, "已监测 100 天"),
        (no_measure, "没有对应的帮扶措施"),
        (unknown, "情况不明"),
        (mostly_transfers, "转移性收入占比"),
        (no_income, "没有收入资料"),
        (no_labour, "继续跟踪监测"),
        (child_out_of_school, "未达标"),
    ],
)
def test_what_forbids_removal_is_said(cast, change, why):
    home, held = monitored(cast)
    change(home, held)
    with pytest.raises(Forbids, match=why):
        propose(cast, held)
    assert (fresh(held).state, group_of(home)) == ("monitored", "unstable")


def test_without_labour_it_is_tracked_with_support(cast):
    home, held = monitored(cast)
    no_labour(home, held)
    acting(cast.village, actions.track, procedure=held, on=TODAY, words="已落实低保")
    assert (fresh(held).tracked_on, fresh(held).state) == (TODAY, "monitored")
    assert group_of(home) == "unstable"


def test_a_natural_end_is_the_countys(cast):
    home, held = monitored(cast)
    said = {"left": "moved", "words": "全家迁往太原"}
    with pytest.raises(PermissionDenied):
        acting(cast.township, actions.leave, procedure=held, on=TODAY, **said)
    acting(cast.county, actions.leave, procedure=held, on=TODAY, **said)
    assert (fresh(held).state, group_of(home)) == ("gone", "")


def test_a_household_that_was_merged_into_another_goes_no_further(cast):
    home = wang()
    held = make_procedure(household_id=home.pk, until=State.COUNTY, by=cast, begun=ago(25))
    Household.objects.using("owner").filter(pk=home.pk).update(valid=False)
    with pytest.raises(NotNow, match="并入他户"):
        acting(cast.county, actions.approve, procedure=held, on=TODAY, words="同意")
    assert group_of(home) == ""
    said = {"left": "merged", "words": "并入李建国户"}
    acting(cast.county, actions.leave, procedure=held, on=TODAY, **said)
    assert (fresh(held).state, todos()) == ("gone", set())
