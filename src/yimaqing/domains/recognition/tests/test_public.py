"""What is made public: once, long enough, and nothing that must not be.

Cast: 王秀英's household; 王工 of the village, 赵镇 of the township.
"""

import datetime as dt

import pytest
from chinese_calendar import is_workday
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from yimaqing.domains.recognition import actions
from yimaqing.domains.recognition.actions import BadStep, NotNow
from yimaqing.domains.recognition.factories import make_procedure
from yimaqing.domains.recognition.loading import SHIPPED, load
from yimaqing.domains.recognition.machine import COURSE, State
from yimaqing.domains.recognition.models import Objection, Procedure, Step
from yimaqing.domains.recognition.publicity import Public, faults_of, notice
from yimaqing.domains.recognition.tests.cast import TODAY, acting, ago, make_places, officers, wang
from yimaqing.domains.registry.factories import synthetic_id_number
from yimaqing.domains.work.queries import reckon

RULES = load(SHIPPED)


@pytest.fixture
def cast(database):
    make_places()
    return officers()


def announced(cast, begun=None):
    home = wang(phone_sealed=b"x", address="前东旺坪33号")
    begun = begun or ago(6)
    return make_procedure(
        household_id=home.pk, until=State.ANNOUNCED, by=cast, begun=begun, risks=["illness"]
    )


def test_the_notice_names_the_household_and_nothing_that_must_not_be_known(cast):
    held = announced(cast)
    text = Step.objects.using("owner").get(act="publish").detail["text"]
    assert "户主：王秀英" in text
    assert "脱贫不稳定户" in text
    assert "白文村" in text
    for hidden in ("病", "86", "141199", "前东旺坪", "收入"):
        assert hidden not in text
    assert faults_of(text, RULES.banned) == []
    assert held.public_until >= held.state_since + dt.timedelta(days=5)


@given(st.text(alphabet="0123456789Xx- 村口栏", max_size=40))
def test_long_numbers_are_found_wherever_they_stand(around):
    number = synthetic_id_number()
    assert faults_of(f"{around}村{number}村{around}", ())
    assert faults_of(f"{around}村13812345678村", ())


def test_ordinary_places_of_notices_are_no_fault():
    of = Public(
        "临县白文镇白文村", "王秀英", "脱贫不稳定户", TODAY, TODAY, "村委会公示栏2号", False
    )
    assert faults_of(notice(of), RULES.banned) == []


def test_where_it_hangs_says_nothing_of_illness_or_numbers(cast):
    held = make_procedure(household_id=wang().pk, until=State.ANNOUNCING, by=cast, begun=ago(6))
    for where in ("村委会，患病户", "电话13812345678"):
        with pytest.raises(BadStep, match="公示内容不得有"):
            acting(cast.village, actions.publish, procedure=held, on=TODAY, posted_at=where)
    assert Procedure.objects.using("owner").get(pk=held.pk).state == "announcing"


def test_it_is_made_public_once_even_past_the_machine(cast):
    held = announced(cast)
    posted = Step.objects.using("owner").get(act="publish")
    posted.pk = None
    with pytest.raises(IntegrityError):
        posted.save(using="owner", force_insert=True)
    with pytest.raises(NotNow):
        acting(cast.village, actions.publish, procedure=held, on=TODAY, posted_at="村口")


def test_each_objection_is_answered_before_it_goes_up(cast):
    held = announced(cast)
    for _sent_twice in range(2):
        made = acting(
            cast.village, actions.object_to, procedure=held, on=TODAY, words="他家在县城有房"
        )
    assert Objection.objects.using("owner").count() == 1
    Procedure.objects.using("owner").update(public_until=ago(1))
    with pytest.raises(NotNow, match="异议"):
        acting(cast.village, actions.conclude, procedure=held, on=TODAY)
    with pytest.raises(BadStep, match="早于上一步"):
        acting(cast.village, actions.answer, objection=made, on=ago(1), words="早", upheld=False)
    acting(cast.village, actions.answer, objection=made, on=TODAY, words="房属其弟", upheld=False)
    Procedure.objects.using("owner").update(public_until=ago(2))
    with pytest.raises(BadStep, match="早于上一步"):
        acting(cast.village, actions.conclude, procedure=held, on=ago(1))
    with pytest.raises(NotNow):
        acting(cast.village, actions.answer, objection=made, on=TODAY, words="又答", upheld=True)
    acting(cast.village, actions.conclude, procedure=held, on=TODAY)
    assert Procedure.objects.using("owner").get(pk=held.pk).state == "township"


def test_an_upheld_objection_keeps_the_household_out(cast):
    held = announced(cast)
    made = acting(cast.village, actions.object_to, procedure=held, on=TODAY, words="有大货车")
    acting(cast.village, actions.answer, objection=made, on=TODAY, words="属实", upheld=True)
    kept = Procedure.objects.using("owner").get(pk=held.pk)
    assert (kept.state, kept.ended_on) == ("rejected", TODAY)


@given(st.dates(dt.date(2021, 1, 1), dt.date(2025, 11, 30)))
def test_no_step_is_due_and_no_notice_ends_on_a_day_off(day):
    terms = [RULES.chain, RULES.publicity, *(one.term for one in RULES.waits)]
    for term in terms:
        due = reckon(term.unit, day, term.days)
        assert is_workday(due.on)
        assert due.on > day


def test_every_step_of_both_rounds_has_its_term():
    for removal in (False, True):
        for state in COURSE:
            assert RULES.wait(state, removal=removal, place_code="141124104201")
