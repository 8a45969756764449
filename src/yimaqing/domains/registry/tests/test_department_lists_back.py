"""What is late, what is taken back, and from which amount on somebody looks.

Cast: 赵强's county 临县; 王秀英 of 白文村, whose archived household everybody's lists are about.
"""

import datetime as dt
from html import unescape

import pytest
from django.core.exceptions import PermissionDenied

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.intake.undo.requests import undo_batch
from yimaqing.domains.intake.undo.running import run_undo
from yimaqing.domains.registry.departments.overdue import remind
from yimaqing.domains.registry.departments.overview import overviews
from yimaqing.domains.registry.departments.weighing import weigh_lists
from yimaqing.domains.registry.duplicates.merging import merge_households
from yimaqing.domains.registry.factories import add_person, make_household
from yimaqing.domains.registry.linkage.choosing import CannotChoose, choose
from yimaqing.domains.registry.linkage.taking_back import take_back
from yimaqing.domains.registry.models import ListedPerson, Person, TriggerLine
from yimaqing.domains.registry.tests.department_cast import (
    BORN,
    COUNTY,
    TOWNSHIP,
    arrive,
    hits,
    row_of,
    rows,
    signed_in,
    wang_at_home,
)
from yimaqing.domains.registry.tests.sheets import (
    BAIWEN,
    PERSON,
    YAOTOU,
    counts,
    id_number,
    send,
)
from yimaqing.domains.work.actions import close_todo
from yimaqing.domains.work.models import Todo
from yimaqing.kit.rowscope import scoped


@pytest.fixture
def wang(database):
    return wang_at_home()


def test_a_decision_is_taken_back_and_so_is_what_it_caused(wang):
    home = make_household(place_code=YAOTOU, head_name="张玉兰")
    other = add_person(home, name="王秀英", sex="female", born_on=dt.date(1980, 9, 1))
    told = {"出生日期": "", "村编号": TOWNSHIP, "统计截止日期": "2020-06-30"}
    arrive("dangerous_houses", row_of("dangerous_houses", **told))
    officer, [row] = make_user("township_officer", TOWNSHIP), rows()
    with scoped(scope_of(officer)):
        choose(row=row, person_id=other.pk, note="", by=officer)
    weigh_lists()
    [todo] = hits("dangerous_houses")
    assert todo.household_id == other.household_id
    stranger, worker = (
        make_user("township_officer", "141181101000"),
        make_user("village_worker", YAOTOU),
    )
    with scoped(scope_of(worker)), pytest.raises(PermissionDenied):
        take_back(row=row, reason="认错了", by=worker)
    with scoped(scope_of(stranger)), pytest.raises(ListedPerson.DoesNotExist):
        take_back(row=row, reason="认错了", by=stranger)
    with scoped(scope_of(officer)):
        with pytest.raises(CannotChoose):
            take_back(row=row, reason=" ", by=officer)
        assert take_back(row=row, reason="认错了", by=officer).acted == []
        with pytest.raises(CannotChoose):
            take_back(row=row, reason="认错了", by=officer)
    weigh_lists()
    [row] = rows()
    assert (row.state, row.person_id, row.place_code) == ("waiting", None, TOWNSHIP)
    assert not hits("dangerous_houses").exists()
    assert Todo.objects.using("owner").filter(kind="registry.listed", state="open").count() == 1
    with scoped(scope_of(officer)):
        choose(row=row, person_id=wang.pk, note="看了户口簿", by=officer)
    weigh_lists()
    assert hits("dangerous_houses").get().household_id == wang.household_id
    arrive(
        "dangerous_houses", row_of("dangerous_houses", **(told | {"统计截止日期": "2020-07-31"}))
    )
    assert [(r.state, r.person_id) for r in rows()] == [("chosen", wang.pk)] * 2


def test_what_a_list_asks_for_follows_its_person_into_another_household(wang):
    arrive("vehicles")
    worker = make_user("village_worker", BAIWEN)
    with scoped(scope_of(worker)):
        close_todo(todo=hits("vehicles").get(), reason="已看过", by=worker)
    arrive("dangerous_houses")
    other = make_household(place_code=YAOTOU, head_name="张玉兰", members=[])
    officer = make_user("township_officer", TOWNSHIP)
    with scoped(scope_of(officer)):
        merge_households(
            keep=other.pk, lose=wang.household_id, members=[], take=(), by=officer, reason="同一户"
        )
    weigh_lists()
    assert hits("dangerous_houses").get().household_id == other.pk
    assert not hits("vehicles").exists(), "what was answered before is not asked of the other"
    home = make_household(place_code=BAIWEN, head_name="李建国", members=[])
    Person.objects.using("owner").filter(pk=wang.pk).update(person_number=PERSON["人编号"])
    told = PERSON | {"户编号": home.household_number, "与户主关系": "配偶"}
    assert counts(send("persons", told | {"证件号码": id_number(order=8)})) == (0, 1, 0, 0)
    weigh_lists()
    [todo] = hits("dangerous_houses")
    assert (todo.household_id, todo.place_code) == (home.pk, BAIWEN)
    assert not hits("vehicles").exists()


def test_the_pages_take_back_and_tell_what_was_done_already(wang):
    arrive("dangerous_houses")
    [row], [todo] = rows(), hits("dangerous_houses")
    worker = make_user("village_worker", BAIWEN)
    with scoped(scope_of(worker)):
        close_todo(todo=todo, reason="已看过", by=worker)
    officer = signed_in("township_officer", TOWNSHIP)
    assert "认错了人" in officer.get(f"/households/{wang.household_id}/").content.decode()
    address = f"/households/listed/{row.pk}/back/"
    assert officer.post(address, {"reason": ""}).status_code == 422
    page = officer.post(address, {"reason": "同名"}, follow=True).content.decode()
    assert str(todo.pk) in page
    assert "已有人按这一行办理过 1 件" in page


def test_a_list_withdrawn_takes_its_to_dos_and_names_what_somebody_has_acted_upon(wang):
    yao = make_household(place_code=YAOTOU, head_name="张玉兰", members=[])
    add_person(yao, name="张玉兰", sex="female", born_on=BORN)
    batch = arrive(
        "dangerous_houses",
        row_of("dangerous_houses"),
        row_of("dangerous_houses", 姓名="张玉兰", 村编号=YAOTOU),
    )
    worker = make_user("village_worker", BAIWEN)
    with scoped(scope_of(worker)):
        close_todo(todo=hits("dangerous_houses").get(place_code=BAIWEN), reason="看过", by=worker)
    undo = undo_batch(batch=batch, reason="送错", by=None, dry_run=False, using="owner")
    run_undo(undo.pk)
    weigh_lists()
    undo.refresh_from_db(using="owner")
    assert (undo.removed, undo.kept) == (1, 1)
    assert [row.person_id for row in rows()] == [wang.pk]
    assert not hits("dangerous_houses").exists()


def test_who_is_new_is_asked_about_again_when_an_earlier_list_goes_or_comes(wang):
    told = {"姓名": "慕容雪", "出生日期": "1999-09-09"}
    somebody = row_of("minimum_living", 统计截止日期="2020-05-31", **told)
    xue = make_household(place_code=BAIWEN, head_name="慕容海", members=[])
    add_person(xue, name="慕容雪", sex="female", born_on=dt.date(1999, 9, 9))
    may = arrive("minimum_living", somebody)
    june = arrive("minimum_living", row_of("minimum_living", 统计截止日期="2020-06-30"))
    arrive("minimum_living")

    def asked():
        return [todo.detail["until"] for todo in hits("minimum_living")]

    assert asked() == ["2020-06-30"], "new in June, not in July"
    for batch, left in ((june, ["2020-07-31"]), (may, [])):
        run_undo(undo_batch(batch=batch, reason="错", by=None, dry_run=False, using="owner").pk)
        weigh_lists()
        assert asked() == left, "nobody is new on the first list"
    arrive("minimum_living", somebody)
    assert asked() == ["2020-07-31"]


def test_a_list_that_stays_away_is_late_asked_for_once_and_settled_when_it_comes(wang):
    today = dt.date(2020, 9, 11)
    assert remind(today=today) == 0, "what never came is not expected"
    arrive("minimum_living")
    assert remind(today=dt.date(2020, 9, 10)) == 0, "ten days after the end of August"
    assert remind(today=today) == 1
    assert remind(today=today) == 1
    late = Todo.objects.using("owner").filter(kind="registry.late_minimum_living")
    [todo] = late
    assert (todo.place_code, todo.state, todo.detail) == (COUNTY, "open", {"last": "2020-07-31"})
    arrive("minimum_living", row_of("minimum_living", 统计截止日期="2020-08-18"))
    assert remind(today=today) == 0
    assert late.get().state == "dropped"
    assert remind(today=dt.date(2020, 10, 11)) == 1


def test_what_an_officer_answered_about_a_late_list_is_not_asked_again(wang):
    arrive("minimum_living")
    remind(today=dt.date(2020, 9, 11))
    officer = make_user("county_officer", COUNTY)
    with scoped(scope_of(officer)):
        close_todo(
            todo=Todo.objects.get(kind="registry.late_minimum_living"), reason="无", by=officer
        )
    remind(today=dt.date(2020, 9, 12))
    assert Todo.objects.using("owner").filter(subject_kind="late_list").count() == 1


def test_the_overview_says_what_came_what_waits_and_since_when_a_list_is_late(wang):
    arrive("minimum_living")
    remind()
    officer = signed_in("department_officer", COUNTY, department="civil_affairs")
    page = unescape(officer.get("/households/departments/").content.decode())
    assert "2020年7月" in page
    assert "迟报，自 2020年9月11日" in page
    assert "还没有收到过" in page
    assert officer.get("/households/departments/oak/").status_code == 404
    assert signed_in("administrator", COUNTY).get("/households/departments/").status_code == 403
    county = signed_in("county_officer", COUNTY)
    desk = unescape(county.get("/lists/todos/").content.decode())
    assert "民政部门的“低保对象”没有按时报来，上一份统计到 2020-07-31" in desk


def test_the_page_of_a_list_leads_those_who_may_to_its_import(wang):
    address = "/households/departments/dangerous_houses/"
    county = signed_in("county_officer", COUNTY)
    assert "导入这份名单" in county.get(address).content.decode()
    upload = county.get("/imports/new/?dataset=dangerous_houses").content.decode()
    assert 'value="dangerous_houses" selected' in upload
    assert "导入这份名单" not in signed_in("village_worker", YAOTOU).get(address).content.decode()


def test_a_village_that_no_list_names_has_not_been_forgotten(wang):
    arrive("minimum_living")
    worker = make_user("village_worker", YAOTOU)
    with scoped(scope_of(worker)):
        view = next(v for v in overviews(scope_of(worker)) if v.one.name == "minimum_living")
    assert (view.last, view.rows, view.found) == (dt.date(2020, 7, 31), 0, 0)
    with scoped(scope_of(make_user("county_officer", "141102000000"))):
        far = overviews(scope_of(make_user("county_officer", "141181000000")))
    assert all(view.last is None and not view.late for view in far)


def test_a_line_is_entered_by_the_county_with_its_document(wang):
    arrive("medical_bills")
    address = "/households/departments/medical_bills/"
    told = {
        "county": COUNTY,
        "among": "archived",
        "yuan": "5,000",
        "starts_on": "2020-01-01",
        "document": "县医保〔2020〕1号",
    }
    county = signed_in("county_officer", COUNTY)
    assert "还没有录入标准" in unescape(county.get(address).content.decode())
    for wrong in (
        {"yuan": "-1"},
        {"yuan": "五千"},
        {"yuan": "1e999999"},
        {"starts_on": "去年"},
        {"document": " "},
    ):
        assert county.post(f"{address}line/", told | wrong).status_code == 422, wrong
    assert county.post("/households/departments/vehicles/line/", told).status_code == 422
    township = signed_in("township_officer", TOWNSHIP)
    for place in (COUNTY, TOWNSHIP, BAIWEN):
        answer = township.post(f"{address}line/", told | {"county": place})
        assert answer.status_code == 403, "one of its townships does not set the county's line"
    assert not TriggerLine.objects.using("owner").exists()
    assert county.post(f"{address}line/", told).status_code == 302
    assert "县医保〔2020〕1号" in unescape(county.get(address).content.decode())
    weigh_lists()
    assert hits("medical_bills").count() == 1
