"""One household from the clue through recognition to removal, by the right officers alone.

Cast: 王秀英's household in 白文村; 王工 of the village, 赵镇 of the township, 周县 of the county;
李工 of the next village.
"""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from yimaqing.domains.accounts.factories import make_assignment, make_user
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.recognition import actions
from yimaqing.domains.recognition.actions import AlreadyOpen, BadStep, NotNow
from yimaqing.domains.recognition.factories import make_procedure
from yimaqing.domains.recognition.machine import State
from yimaqing.domains.recognition.models import Procedure, RiskMeasure, Step
from yimaqing.domains.recognition.tests.cast import (
    TODAY,
    YAOTOU,
    acting,
    ago,
    group_of,
    make_places,
    officers,
    wang,
)
from yimaqing.domains.registry.models import Change
from yimaqing.domains.registry.queries import household_file, openable_household
from yimaqing.domains.work.actions import NotNow as TodoNotNow
from yimaqing.domains.work.actions import close_todo
from yimaqing.domains.work.models import Todo
from yimaqing.kit.rowscope import scoped


@pytest.fixture
def cast(database):
    make_places()
    return officers()


def fresh(held):
    return Procedure.objects.using("owner").get(pk=held.pk)


def todos():
    return set(Todo.objects.using("owner").filter(state="open").values_list("kind", "raised_level"))


def test_a_clue_becomes_monitoring_step_by_step(cast):
    home = wang()
    held = make_procedure(household_id=home.pk, until=State.VERIFYING, by=cast, begun=ago(20))
    assert todos() == {("recognition.verifying", None)}
    assert group_of(home) == ""
    with pytest.raises(AlreadyOpen):
        acting(
            cast.village,
            actions.open_procedure,
            household_id=home.pk,
            way="self",
            clue="再报一次",
            on=TODAY,
        )
    with pytest.raises(NotNow, match="承诺授权"):
        acting(
            cast.village,
            actions.compare,
            procedure=held,
            on=TODAY,
            contradicts=False,
            words="一致",
        )
    Procedure.objects.using("owner").all().delete()

    Todo.objects.using("owner").all().delete()
    held = make_procedure(household_id=home.pk, until=State.TOWNSHIP, by=cast, begun=ago(20))
    assert todos() == {("recognition.township", 4)}
    assert group_of(home) == "", "nobody's status changes before the county's step"
    for wrong in (cast.village, cast.county):
        with pytest.raises(PermissionDenied):
            acting(wrong, actions.pass_on, procedure=held, on=TODAY, words="同意")
    with pytest.raises(NotNow):
        acting(cast.county, actions.approve, procedure=held, on=TODAY, words="同意")
    acting(cast.township, actions.pass_on, procedure=held, on=TODAY, words="同意上报")
    with pytest.raises(PermissionDenied):
        acting(cast.township, actions.approve, procedure=held, on=TODAY, words="同意")
    acting(cast.county, actions.approve, procedure=held, on=TODAY, words="同意纳入〔2026〕8号")

    assert (fresh(held).state, group_of(home)) == ("monitored", "unstable")
    change = Change.objects.using("owner").get(household_id=home.pk, subject_kind="household")
    assert (change.before, change.source, change.batch_id) == (
        {"group": ""},
        "同意纳入〔2026〕8号",
        None,
    )
    told = Entry.objects.using("owner").filter(action__startswith="recognition.step_")
    assert told.count() == Step.objects.using("owner").filter(procedure=held).count() + 1

    assert todos() == {("recognition.monitored", None)}
    said = {
        "risk": "accident",
        "measure_group": "employment",
        "name": "公益性岗位",
        "responsible": "村委会",
    }
    for _twice in range(2):
        acting(cast.village, actions.add_measure, procedure=held, on=TODAY, **said)
    assert RiskMeasure.objects.using("owner").count() == 1
    assert todos() == set()
    # A year on somebody falls ill: the further risk comes with what is done about it.
    further = said | {"risk": "illness", "measure_group": "health", "name": "大病救治"}
    acting(cast.village, actions.add_measure, procedure=held, on=TODAY, **further)
    assert set(fresh(held).risks) == {"accident", "illness"}
    with pytest.raises(BadStep, match="不认识"):
        acting(
            cast.village, actions.add_measure, procedure=held, on=TODAY, **(said | {"risk": "x"})
        )


def test_another_village_neither_sees_nor_acts(cast):
    home = wang()
    held = make_procedure(household_id=home.pk, until=State.APPRAISING, by=cast, begun=ago(5))
    other = make_user("village_worker", YAOTOU, display_name="李工")
    votes = {"present": 20, "in_favour": 20, "against": 0}
    with pytest.raises(PermissionDenied):
        acting(other, actions.appraise, procedure=held, on=TODAY, **votes)
    with pytest.raises(PermissionDenied):
        acting(
            other, actions.open_procedure, household_id=home.pk, way="self", clue="困难", on=TODAY
        )
    assert fresh(held).state == "appraising"


def test_nobody_decides_for_the_county_what_he_passed_for_the_township(cast):
    home = wang()
    held = make_procedure(household_id=home.pk, until=State.TOWNSHIP, by=cast, begun=ago(20))
    make_assignment(cast.township, "county_officer", "141124000000")
    acting(cast.township, actions.pass_on, procedure=held, on=TODAY, words="同意")
    with pytest.raises(PermissionDenied, match="同一人"):
        acting(cast.township, actions.approve, procedure=held, on=TODAY, words="同意")
    assert group_of(home) == ""


def test_an_appraisal_needs_more_than_half_of_those_present(cast):
    for in_favour, state in ((10, "rejected"), (11, "announcing")):
        home = wang()
        held = make_procedure(household_id=home.pk, until=State.APPRAISING, by=cast, begun=ago(5))
        counts = {"present": 20, "in_favour": in_favour, "against": 20 - in_favour}
        acting(cast.village, actions.appraise, procedure=held, on=TODAY, **counts)
        assert fresh(held).state == state


def test_days_that_cannot_be_are_refused(cast):
    home = wang()
    held = make_procedure(household_id=home.pk, until=State.APPRAISING, by=cast, begun=ago(5))
    votes = {"present": 20, "in_favour": 20, "against": 0}
    for day, why in ((TODAY + dt.timedelta(days=1), "未来"), (ago(4), "早于上一步")):
        with pytest.raises(BadStep, match=why):
            acting(cast.village, actions.appraise, procedure=held, on=day, **votes)


def test_nothing_is_compared_before_the_day_of_the_signature(cast):
    home = wang()
    held = make_procedure(household_id=home.pk, until=State.VERIFYING, by=cast, begun=ago(9))
    with scoped(scope_of(cast.village)):
        signer = household_file(openable_household(home.pk)).members[0].pk
    acting(cast.village, actions.authorise, procedure=held, on=ago(5), person_id=signer)
    said = {"contradicts": False, "words": "一致"}
    with pytest.raises(BadStep, match="早于上一步"):
        acting(cast.village, actions.compare, procedure=held, on=ago(6), **said)
    acting(cast.village, actions.compare, procedure=held, on=ago(4), **said)
    found = {"visitors": "王工、队员", "words": "属实", "proposed": False}
    with pytest.raises(BadStep, match="早于上一步"):
        acting(cast.village, actions.verify, procedure=held, on=ago(5), **found)
    acting(cast.village, actions.verify, procedure=held, on=ago(4), **found)


def test_what_was_found_at_home_stands_in_the_step_and_not_in_the_trail(cast):
    home = wang()
    make_procedure(household_id=home.pk, until=State.COUNTY, by=cast, begun=ago(20))
    trail = "".join(Entry.objects.using("owner").values_list("purpose", flat=True))
    ended = set(Todo.objects.using("owner").filter(state="done").values_list("reason", flat=True))
    assert "医疗支出大" in Step.objects.using("owner").get(act="verify").words
    for found in ("劳力受伤", "医疗支出大", "房产、车辆"):
        assert found not in trail
    assert "材料齐全，同意上报" in trail
    assert {"登记入户核实", "登记民主评议", "材料齐全，同意上报"} <= ended


def test_a_step_is_not_ticked_off_on_the_desk(cast):
    home = wang()
    held = make_procedure(household_id=home.pk, until=State.APPRAISING, by=cast, begun=ago(5))
    todo = Todo.objects.using("owner").get(state="open", kind="recognition.appraising")
    with pytest.raises(TodoNotNow, match="去办理的页面"):
        acting(cast.village, close_todo, todo=todo, reason="办好了")
    todo.refresh_from_db()
    assert (todo.state, fresh(held).state) == ("open", "appraising")


def test_what_the_list_from_above_monitors_is_adopted_by_the_county(cast):
    home = wang(group="unstable")
    with pytest.raises(NotNow, match="承接监测"):
        acting(
            cast.village,
            actions.open_procedure,
            household_id=home.pk,
            way="self",
            clue="困难",
            on=TODAY,
        )
    said = {"risks": ["illness"], "recognised_on": ago(400), "words": "全国系统名单"}
    with pytest.raises(PermissionDenied):
        acting(cast.township, actions.adopt_household, household_id=home.pk, **said)
    held = acting(cast.county, actions.adopt_household, household_id=home.pk, **said)
    assert (held.state, held.group, held.recognised_on) == ("monitored", "unstable", ago(400))
    measure = {"risk": "illness", "measure_group": "employment", "name": "公岗"}
    measure["responsible"] = "村委会"
    with pytest.raises(BadStep, match="未来"):
        acting(cast.village, actions.add_measure, procedure=held, on=ago(-1), **measure)
    made = acting(cast.village, actions.add_measure, procedure=held, on=ago(300), **measure)
    assert made.starts_on == ago(300), "it has run since before the household was adopted here"
    assert Step.objects.using("owner").get(act="measure").on == TODAY


def test_the_green_channel_helps_first(cast):
    home = wang()
    held = make_procedure(
        household_id=home.pk, until=State.VERIFYING, by=cast, begun=TODAY, green=True, risks=[]
    )
    said = {
        "risk": "disaster",
        "measure_group": "housing",
        "name": "临时安置",
        "responsible": "镇政府",
    }
    acting(cast.village, actions.add_measure, procedure=held, on=TODAY, **said)
    assert fresh(held).risks == ["disaster"]
    assert group_of(home) == ""
