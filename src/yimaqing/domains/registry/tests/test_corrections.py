"""Correcting a household by hand, on a page.

Cast: 王秀英 heads a household in 白文村 (141124104201); 李明 works in that village, 张芳 is
an officer of its township, 周县长 leads the county.
"""

import datetime as dt

import pytest
from django.test import Client

from yimaqing.domains.accounts.models import Assignment, User
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.registry.actions import BadCorrection, correct_household
from yimaqing.domains.registry.factories import make_household
from yimaqing.domains.registry.models import Change, Household
from yimaqing.domains.registry.tests.sheets import (
    BAIWEN,
    BOY,
    HOUSEHOLD,
    PERSON,
    make_places,
    send,
)
from yimaqing.domains.work.models import Todo
from yimaqing.kit.rowscope import Scope, scoped

NEW = {
    "address": "村东头 3 号",
    "team": "第二组",
    "member_count": "1",
    "bank_name": "临县农商行",
    "ground": "入户核实",
    "note": "已搬到村东头",
}


def person(username, role, place_code, level):
    user = User.objects.using("owner").create(username=username, display_name=username)
    Assignment.objects.using("owner").create(
        user_id=user.pk,
        role=role,
        place_code=place_code,
        place_level=level,
        starts_on=dt.date(2020, 1, 1),
    )
    client = Client()
    client.force_login(user)
    return user, client


@pytest.fixture
def wang(database):
    make_places()
    return make_household(address="村西头", team="第二组", bank_name="临县农商行")


def seen(household):
    """The hidden part of the form: what it showed when it was opened."""
    return {
        f"seen_{name}": getattr(household, name)
        for name in ("address", "team", "member_count", "bank_name")
    }


def address_of(household):
    return f"/households/{household.pk}/correct/"


def now(household):
    return Household.objects.using("owner").get(pk=household.pk)


def test_the_file_leads_to_a_form_that_holds_what_it_says(wang):
    _li, client = person("李明", "village_worker", BAIWEN, 5)
    assert address_of(wang) in client.get(f"/households/{wang.pk}/").content.decode()
    page = client.get(address_of(wang)).content.decode()
    assert 'value="村西头"' in page
    assert "户主姓名" not in page


def test_a_correction_is_written_and_the_history_says_what_it_was(wang):
    _li, client = person("李明", "village_worker", BAIWEN, 5)
    assert client.post(address_of(wang), NEW | seen(wang)).status_code == 302
    assert now(wang).address == "村东头 3 号"
    change = Change.objects.using("owner").get(kind="updated")
    assert (change.before, change.source) == ({"address": "村西头"}, "入户核实：已搬到村东头")
    page = client.get(f"/households/{wang.pk}/").content.decode()
    assert "住址：原为“村西头”" in page
    assert "入户核实：已搬到村东头" in page
    trace = Entry.objects.using("owner").get(action="registry.household_corrected")
    assert trace.purpose == "入户核实：已搬到村东头"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"note": " "}, "id_note-error"),
        ({"ground": "听说"}, "id_ground-error"),
        ({"member_count": "0"}, "id_member_count-error"),
        ({"member_count": "三"}, "id_member_count-error"),
        ({"address": "村" * 201}, "id_address-error"),
    ],
)
def test_an_unfit_value_is_named_at_its_field_and_nothing_is_written(wang, cells, said):
    _li, client = person("李明", "village_worker", BAIWEN, 5)
    answer = client.post(address_of(wang), NEW | seen(wang) | cells)
    assert answer.status_code == 422
    assert f'id="{said}"' in answer.content.decode()
    assert now(wang).address == "村西头"


def test_both_are_shown_when_somebody_else_was_faster(wang):
    _li, li = person("李明", "village_worker", BAIWEN, 5)
    _zhang, zhang = person("张芳", "township_officer", "141124104000", 4)
    mine, hers = NEW | seen(wang), NEW | seen(wang) | {"address": "镇上", "note": "搬到镇上"}
    zhang.post(address_of(wang), hers)
    answer = li.post(address_of(wang), mine)
    assert answer.status_code == 409
    page = answer.content.decode()
    for words in ("<td>镇上</td>", "<td>村东头 3 号</td>", "入户核实：搬到镇上"):
        assert words in page
    assert now(wang).address == "镇上"
    # Having seen both he may insist: the form now knows what the file says.
    assert li.post(address_of(wang), mine | {"seen_address": "镇上"}).status_code == 302
    assert now(wang).address == "村东头 3 号"


def test_what_one_left_alone_does_not_undo_what_another_corrected(wang):
    _li, li = person("李明", "village_worker", BAIWEN, 5)
    _zhang, zhang = person("张芳", "township_officer", "141124104000", 4)
    opened = seen(wang)
    zhang.post(address_of(wang), NEW | opened | {"address": "村西头", "team": "第五组"})
    assert li.post(address_of(wang), NEW | opened).status_code == 302
    assert (now(wang).address, now(wang).team) == ("村东头 3 号", "第五组")


def test_who_only_reads_is_shown_no_form(wang):
    _zhou, client = person("周县长", "leader", "141124000000", 3)
    assert "correct/" not in client.get(f"/households/{wang.pk}/").content.decode()
    assert client.get(address_of(wang)).status_code == 403
    assert client.post(address_of(wang), NEW | seen(wang)).status_code == 403


def test_the_action_checks_what_the_form_checked(wang):
    li, _client = person("李明", "village_worker", BAIWEN, 5)
    for values, reason in (
        ({"head_name": "王秀"}, "入户核实"),
        ({"address": "村东头"}, " "),
        ({"member_count": 31}, "入户核实"),
        ({"team": "组" * 41}, "入户核实"),
    ):
        with scoped(Scope.everything()), pytest.raises(BadCorrection):
            correct_household(household=wang, values=values, reason=reason, by=li)
    assert not Change.objects.using("owner").filter(kind="updated").exists()


def test_a_number_of_members_that_is_put_right_ends_its_to_do_at_once(database):
    make_places()
    send("households", HOUSEHOLD)  # two are declared
    send("persons", PERSON, BOY, BOY | {"人编号": "8614112400012303", "证件号码": ""})
    household = Household.objects.using("owner").get()
    todo = Todo.objects.using("owner").get(kind="registry.members_differ")
    li, client = person("李明", "village_worker", BAIWEN, 5)

    def correct(count, declared):
        cells = NEW | seen(household) | {"member_count": count, "seen_member_count": declared}
        unchanged = {n: getattr(household, n) for n in ("address", "team", "bank_name")}
        assert client.post(address_of(household), cells | unchanged).status_code == 302
        todo.refresh_from_db(using="owner")
        return todo.state

    assert correct("4", "2") == "open"
    assert correct("3", "4") == "done"
    assert (todo.closed_by, todo.reason) == (li.pk, "入户核实：已搬到村东头")
    trace = Entry.objects.using("owner").get(action="work.todo_done")
    assert (trace.subject_id, trace.user_id) == (str(todo.pk), li.pk)
