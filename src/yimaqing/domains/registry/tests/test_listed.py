"""A department's list finds its people; where it cannot be sure, an officer says who is meant.

Cast: 赵强's office in 临县 sends the list of 医保自付; 王秀英 of 白文村, her namesake in 曜头村.
"""

import datetime as dt
from html import unescape

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.intake.undo.requests import undo_batch
from yimaqing.domains.intake.undo.running import run_undo
from yimaqing.domains.registry.actions import rotate_keys
from yimaqing.domains.registry.factories import add_person, make_household
from yimaqing.domains.registry.linkage.choosing import CannotChoose, choose
from yimaqing.domains.registry.linkage.listing import link_new_rows
from yimaqing.domains.registry.models import Change, Household, ListedPerson, Person
from yimaqing.domains.registry.tests.sheets import (
    BAIWEN,
    YAOTOU,
    counts,
    faults,
    id_number,
    make_places,
    send,
)
from yimaqing.domains.work.models import Todo
from yimaqing.kit.rowscope import scoped

BORN = dt.date(1975, 2, 14)
ROW = {
    "流水号": "YB20200000001",
    "姓名": "王秀英",
    "性别": "女",
    "出生日期": "1975-02-14",
    "村编号": BAIWEN,
    "统计截止日期": "2020-07-31",
    "个人自付金额": "12300.50",
}


@pytest.fixture
def wang(database):
    make_places()
    home = make_household(place_code=BAIWEN, head_name="李建国", members=[])
    return add_person(home, name="王秀英", sex="female", relation="spouse", born_on=BORN)


@pytest.fixture
def namesake(wang):
    home = make_household(place_code=YAOTOU, head_name="张玉兰")
    return add_person(home, name="王秀英", sex="female", born_on=dt.date(1980, 9, 1))


def listed(serial="YB20200000001"):
    return ListedPerson.objects.using("owner").get(serial=serial)


def todos():
    return Todo.objects.using("owner").filter(kind="registry.listed", state="open")


def linked(*rows, **options):
    batch = send("medical_bills", *rows, **options)
    link_new_rows()
    return batch


def register():
    """What the register says of everybody: no list may change it."""
    people = Person.objects.using("owner").order_by("pk").values()
    homes = Household.objects.using("owner").order_by("pk").values()
    return list(people), list(homes), Change.objects.using("owner").count()


def unsure():
    """A row without a birth date, about one of two namesakes of the township."""
    linked(ROW | {"出生日期": "", "村编号": "141124104000"})
    return listed()


def test_a_row_without_a_number_finds_its_person_and_changes_nothing_of_hers(wang):
    before = register()
    batch = linked(ROW | {"姓名": "王秀瑛"})
    assert counts(batch) == (1, 0, 0, 0)
    row = listed()
    assert (row.state, row.person_id, row.household_id) == ("matched", wang.pk, wang.household_id)
    assert (row.place_code, row.amount_fen) == (BAIWEN, 1_230_050)
    assert register() == before
    assert not todos().exists()
    [entry] = Entry.objects.using("owner").filter(action="registry.listed_linked")
    assert entry.after == {"matched": 1, "waiting": 0, "nobody": 0}


def test_her_number_finds_her_although_the_list_says_another_village(wang, namesake):
    number = id_number()
    person = add_person(
        Household.objects.using("owner").get(pk=wang.household_id),
        name="王桂花",
        sex="female",
        id_number=number,
    )
    linked(ROW | {"姓名": "王桂花", "证件号码": number, "村编号": YAOTOU, "出生日期": ""})
    assert (listed().state, listed().person_id) == ("matched", person.pk)
    assert listed().place_code == BAIWEN


def test_a_number_of_somebody_with_another_name_is_for_an_officer_to_look_at(wang):
    number = id_number(order=4)
    home = Household.objects.using("owner").get(pk=wang.household_id)
    add_person(home, name="赵永胜", id_number=number)
    linked(ROW | {"姓名": "钱多多", "证件号码": number, "性别": "", "出生日期": ""})
    assert listed().state == "waiting"


def test_whoever_is_not_in_the_register_opens_nothing(wang):
    linked(ROW | {"姓名": "慕容雪", "出生日期": "1999-09-09"})
    assert (listed().state, listed().person_id) == ("nobody", None)
    assert not todos().exists()


def test_of_two_namesakes_an_officer_says_which(wang, namesake):
    row = unsure()
    assert row.state == "waiting"
    [todo] = todos()
    assert (todo.place_code, todo.detail) == ("141124104000", {"count": 2})
    officer = make_user("township_officer", "141124104000")
    with scoped(scope_of(officer)):
        choose(row=row, person_id=namesake.pk, note="看了户口簿", by=officer)
    row.refresh_from_db(using="owner")
    assert (row.state, row.person_id, row.place_code) == ("chosen", namesake.pk, YAOTOU)
    assert not todos().exists()
    entry = Entry.objects.using("owner").get(action="registry.listed_decided")
    assert (entry.actor, entry.purpose) == (f"user:{officer.pk}", "看了户口簿")
    with scoped(scope_of(officer)), pytest.raises(CannotChoose):
        choose(row=row, person_id=wang.pk, note="", by=officer)


def test_a_person_whom_nobody_proposed_cannot_be_chosen(wang, namesake):
    stranger = add_person(Household.objects.using("owner").get(pk=wang.household_id), name="周凤英")
    officer = make_user("township_officer", "141124104000")
    row = unsure()
    with scoped(scope_of(officer)), pytest.raises(CannotChoose):
        choose(row=row, person_id=stranger.pk, note="", by=officer)
    assert listed().state == "waiting"


def test_who_does_not_see_all_of_them_cannot_say_none_and_who_may_not_merge_cannot_say(
    wang, namesake
):
    linked(ROW | {"出生日期": ""})
    ListedPerson.objects.using("owner").update(
        state="waiting",
        person_id=None,
        household_id=None,
        candidates=[{"person": p.pk, "share": 0.5, "levels": {}} for p in (wang, namesake)],
    )
    helper = make_user("village_worker", BAIWEN)
    with scoped(scope_of(helper)):
        with pytest.raises(CannotChoose, match="上级"):
            choose(row=listed(), person_id=None, note="", by=helper)
        with pytest.raises(PermissionDenied):
            choose(row=listed(), person_id=wang.pk, note="", by=helper)
    assert listed().decided_by is None


def test_the_same_list_again_changes_nothing_and_a_corrected_amount_keeps_the_decision(wang):
    linked(ROW)
    assert counts(linked(ROW)) == (0, 0, 1, 0)
    assert counts(linked(ROW | {"个人自付金额": "9000"})) == (0, 1, 0, 0)
    row = listed()
    assert (row.amount_fen, row.state, row.person_id) == (900_000, "matched", wang.pk)


def test_a_list_taken_back_takes_its_rows_and_to_dos_but_not_what_was_decided(wang, namesake):
    officer = make_user("township_officer", "141124104000")
    asked = {"出生日期": "", "村编号": "141124104000"}
    batch = linked(ROW, ROW | asked | {"流水号": "YB2"}, ROW | asked | {"流水号": "YB-3"})
    assert counts(batch)[3] == 1, "a serial of three letters is none"
    batch = linked(ROW | asked | {"流水号": "YB20200000002"})
    first = listed("YB-3")
    with scoped(scope_of(officer)):
        choose(row=first, person_id=None, note="外地人", by=officer)
    assert todos().count() == 1
    run_undo(undo_batch(batch=batch, reason="送错", by=None, dry_run=False, using="owner").pk)
    assert not todos().exists()
    left = set(ListedPerson.objects.using("owner").values_list("serial", flat=True))
    assert left == {"YB20200000001", "YB-3"}
    batch = type(batch).objects.using("owner").order_by("pk").first()
    run_undo(undo_batch(batch=batch, reason="送错", by=None, dry_run=False, using="owner").pk)
    assert [one.serial for one in ListedPerson.objects.using("owner").all()] == ["YB-3"]


@pytest.mark.parametrize(
    ("cell", "value", "fault"),
    [
        ("个人自付金额", "-5", "range"),
        ("个人自付金额", "2000001", "range"),
        ("统计截止日期", "2031-01-01", "future_date"),
        ("出生日期", "2020-08-01", "born_after_count"),
        ("村编号", "141124999999", "place_unknown"),
        ("证件号码", "141199197502140029", "id_check_digit"),
    ],
)
def test_a_wrong_cell_is_named_and_its_row_is_not_taken(wang, cell, value, fault):
    batch = send("medical_bills", ROW | {cell: value})
    assert [code for _row, _column, code in faults(batch)] == [fault]
    assert counts(batch) == (0, 0, 0, 1)


def test_a_list_of_another_county_is_not_taken(wang):
    sender = make_user("county_officer", "141102000000")
    batch = send("medical_bills", ROW, by=sender)
    assert [code for _row, _column, code in faults(batch)] == ["out_of_scope"]


def test_a_person_who_moves_takes_along_what_lists_say_of_him(wang, namesake):
    linked(ROW)
    home = Household.objects.using("owner").get(pk=wang.household_id)
    Household.objects.using("owner").filter(pk=home.pk).update(place_code=YAOTOU)
    assert listed().place_code == YAOTOU


def test_keys_are_changed_without_losing_a_row(wang):
    linked(ROW)
    list(rotate_keys())
    assert counts(linked(ROW)) == (0, 0, 1, 0)


def signed_in(role, place):
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(make_user(role, place))
    return client


def test_the_pages_show_candidates_side_by_side_masked(wang, namesake):
    row = unsure()
    officer = signed_in("township_officer", "141124104000")
    page = unescape(officer.get("/households/listed/").content.decode())
    assert "王**" in page
    assert "王秀英" not in page
    page = unescape(officer.get(f"/households/listed/{row.pk}/").content.decode())
    assert "白文村" in page
    assert "曜头村" in page
    assert "姓名相同" in page
    assert "王秀英" not in page
    opened = Entry.objects.using("owner").filter(action="registry.file_opened", purpose="核对名单")
    assert set(opened.values_list("household_id", flat=True)) == {
        wang.household_id,
        namesake.household_id,
    }
    address = f"/households/listed/{row.pk}/choose/"
    assert officer.post(address, {}).status_code == 422
    assert officer.post(address, {"person": "9" * 30}).status_code == 422
    assert officer.post(address, {"person": str(wang.pk), "note": "本人"}).status_code == 302
    assert listed().person_id == wang.pk
    assert officer.get("/households/listed/?state=chosen").content.decode().count("YB2020") == 1
    assert officer.get("/households/listed/?state=oak").status_code == 404


def test_the_file_shows_what_the_list_says_to_who_may_see_illness(wang):
    linked(ROW)
    address = f"/households/{wang.household_id}/"
    officer = signed_in("township_officer", "141124104000")
    assert "12,300.50" in officer.get(address).content.decode()
    finance = Client(headers={"accept-language": "zh-hans"})
    finance.force_login(make_user("department_officer", "141124000000", department="finance"))
    page = finance.get(address)
    assert page.status_code == 200
    assert "12,300.50" not in page.content.decode()


def test_who_may_not_decide_finds_no_page(wang, namesake):
    row = unsure()
    assert signed_in("village_worker", BAIWEN).get("/households/listed/").status_code == 403
    elsewhere = signed_in("township_officer", "141181101000")
    assert elsewhere.get(f"/households/listed/{row.pk}/").status_code == 404
    assert "王**" not in elsewhere.get("/households/listed/").content.decode()
