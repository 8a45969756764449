"""Who scans a household's code, and what the page tells."""

import datetime as dt
import re

import pytest
from django.db import connections
from django.utils import timezone

from yimaqing.domains.accounts.models import Assignment, Session, User
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.codes.actions import reissue, revoke
from yimaqing.domains.codes.models import ScanLog
from yimaqing.domains.registry.models import Change, Pairing
from yimaqing.domains.registry.tests.card_village import VILLAGE, build

PERSONAL = ("王秀英", "王**", "刘建国", "建档立卡", "脱贫", "监测", "因病", "口人")


@pytest.fixture
def village(database):
    return build()


def scan(client, code, user=None, **headers):
    if user:
        client.force_login(User.objects.get(pk=user.pk))
    return client.get(f"/c/{code.token}", **headers)


def text(response):
    return response.content.decode()


def audited():
    return Entry.objects.using("owner").filter(action="codes.scanned")


def logged():
    return ScanLog.objects.using("owner")


def test_a_stranger_sees_the_place_and_whom_to_call(client, village):
    page = scan(client, village.poor_code)
    assert page.status_code == 200
    assert "白文镇 白文村" in text(page)
    assert "便民中心" in text(page)
    assert re.search(r'href="tel:[0-9+,-]{7,}"', text(page))
    assert not any(word in text(page) for word in PERSONAL)
    (row,) = logged()
    assert (row.outcome, row.place_code, row.household_id) == ("shown", VILLAGE, village.poor.pk)
    assert not audited().exists()


def test_a_poor_and_another_household_look_alike_to_a_stranger(client, village):
    """To the byte: also the contact, because only archived households have a helper."""
    pages = [
        text(scan(client, code)).replace(code.token, "TOKEN")
        for code in (village.poor_code, village.other_code)
    ]
    one, other = (re.sub(r"000-000-\d{3}-\d", "NUMBER", page) for page in pages)
    assert one == other
    assert "李干部" not in one


def test_the_worker_reads_the_helpers_office_number(client, village):
    assert "李干部" in text(scan(client, village.poor_code, village.users["worker"]))
    assert "李干部" not in text(scan(client, village.poor_code, village.users["neighbour"]))


def test_without_a_helper_the_nearest_office_is_named(client, village):
    worker = village.users["worker"]
    assert "便民中心" in text(scan(client, village.other_code, worker))
    Pairing.objects.using("owner").update(ends_on=timezone.localdate())
    assert "便民中心" in text(scan(client, village.poor_code, worker))


def test_the_worker_of_the_village_sees_the_file_in_short(client, village):
    page = text(scan(client, village.poor_code, village.users["worker"]))
    assert "王**" in page
    assert "王秀英" not in page
    assert "2 口人" in page
    assert "建档立卡户 · 脱贫监测户" in page
    assert f'href="/households/{village.poor.pk}/?from=scan"' in page
    for title in ("家庭成员", "住房与生活", "收入", "帮扶措施", "发放", "成效"):
        assert f"<summary>{title}</summary>" in page
    (row,) = audited()
    assert row.user_id == village.users["worker"].pk
    assert (row.place_code, row.household_id) == (VILLAGE, village.poor.pk)
    assert row.after == {"outcome": "shown", "seen_as": "member"}
    assert not logged().exists()


def test_the_three_latest_changes_are_told(client, village):
    rows = [
        ("person", "created", "国家数据", None, 7),
        ("person", "created", "国家数据", None, 8),
        ("livingcondition", "updated", "住建局名单", {"house_grade": "B"}, 3),
        ("payment", "created", "财政一卡通", None, 4),
        ("household", "updated", "核实", {"member_count": 3, "valid": True}, 1),
    ]
    for subject, kind, source, before, subject_id in rows:
        Change.objects.using("owner").create(
            place_code=VILLAGE,
            household_id=village.poor.pk,
            subject_kind=subject,
            subject_id=subject_id,
            kind=kind,
            actor="system:import",
            source=source,
            before=before,
        )
    page = text(scan(client, village.poor_code, village.users["worker"]))
    told = re.findall(r"<li>(.*?)<br>", page)
    assert told == ["更正：户基本情况（家庭人口数）", "登记：发放", "更正：住房与生活（危房级别）"]


def test_the_worker_of_the_next_village_is_told_why_he_sees_nothing(client, village):
    page = text(scan(client, village.poor_code, village.users["neighbour"]))
    assert "李工，您已登录，但这里不在您的工作范围内" in page
    assert not any(word in page for word in PERSONAL)
    (row,) = audited()
    assert row.after == {"outcome": "shown", "seen_as": "outside"}


def test_a_helper_sees_his_own_household_and_no_other(client, village):
    assert "王**" in text(scan(client, village.poor_code, village.users["helper"]))
    other = text(scan(client, village.other_code, village.users["helper"]))
    assert "张**" not in other
    assert "不在您的工作范围内" in other


def test_an_officer_of_a_department_sees_whose_door_it_is(client, village):
    page = text(scan(client, village.poor_code, village.users["department"]))
    assert "王**" in page
    assert not any(word in page for word in ("建档立卡", "监测", "因病", "口人", "最近变化"))
    assert audited().get().after["seen_as"] == "limited"


def test_the_property_company_may_scan_but_reads_no_file(client, village):
    page = text(scan(client, village.poor_code, village.users["property"]))
    assert not any(word in page for word in PERSONAL)


def test_an_assignment_that_has_ended_opens_nothing(client, village):
    Assignment.objects.using("owner").filter(user=village.users["worker"]).update(
        ends_on=timezone.localdate()
    )
    page = text(scan(client, village.poor_code, village.users["worker"]))
    assert not any(word in page for word in PERSONAL)


def test_logging_out_ends_it(client, village):
    assert "王**" in text(scan(client, village.poor_code, village.users["worker"]))
    client.logout()
    assert "王**" not in text(scan(client, village.poor_code))


def test_an_expired_session_is_a_stranger(client, village):
    scan(client, village.poor_code, village.users["worker"])
    Session.objects.using("owner").update(expire_date=timezone.now() - dt.timedelta(seconds=1))
    page = text(scan(client, village.poor_code))
    assert "王**" not in page
    assert "工作人员登录" in page


def test_a_changed_password_ends_the_session(client, village):
    scan(client, village.poor_code, village.users["worker"])
    User.objects.using("owner").update(password_changed_at=timezone.now())
    assert "王**" not in text(scan(client, village.poor_code))
    # Who was refused has not opened anything: it was a stranger's scan.
    assert audited().count() == 1
    assert logged().count() == 1


def test_a_session_that_never_held_leaves_no_trace_of_opening(client, village):
    client.force_login(User.objects.get(pk=village.users["worker"].pk))
    User.objects.using("owner").update(password_changed_at=timezone.now())
    assert "王**" not in text(scan(client, village.poor_code))
    assert not audited().exists()
    assert logged().count() == 1


def test_a_dismissed_worker_is_a_stranger(client, village):
    scan(client, village.poor_code, village.users["worker"])
    User.objects.using("owner").update(is_active=False)
    assert "王**" not in text(scan(client, village.poor_code))


def test_a_forged_session_is_a_stranger(client, village):
    client.cookies["yimaqing_session"] = "x" * 32
    assert "王**" not in text(scan(client, village.poor_code))


@pytest.mark.parametrize("viewer", [None, "worker"])
def test_a_revoked_code_leads_to_nothing(client, village, viewer):
    revoke(code=village.poor_code, reason="户主要求", by=None, actor="system:test", using="owner")
    page = scan(client, village.poor_code, village.users.get(viewer))
    assert page.status_code == 410
    assert "此码已停用" in text(page)
    assert not any(word in text(page) for word in (*PERSONAL, "白文", "李干部"))
    assert (audited() if viewer else logged()).count() == 1


def test_a_replaced_code_asks_for_the_new_one_which_works(client, village):
    new = reissue(
        code=village.poor_code, reason="标签污损", by=None, actor="system:test", using="owner"
    )
    old_page = scan(client, village.poor_code)
    assert old_page.status_code == 410
    assert "索取新码" in text(old_page)
    assert new.token not in text(old_page)
    assert "白文村" in text(scan(client, new))
    assert logged().order_by("id").first().outcome == "replaced"


def test_one_scan_is_one_row(client, village):
    for _ in range(3):
        scan(client, village.poor_code)
    scan(client, village.poor_code, village.users["worker"])
    scan(client, village.other_code)
    assert (logged().count(), audited().count()) == (3, 2)


def test_the_page_is_light_and_loads_nothing(client, village):
    page = scan(client, village.poor_code, village.users["worker"])
    assert len(page.content) < 30_000
    assert not re.search(r"<(img|iframe|script src)|href=\"/static", text(page))
    assert '<link rel="icon" href="data:,">' in text(page)  # else the browser asks for one
    assert "default-src 'none'" in page["Content-Security-Policy"]
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["Cache-Control"] == "no-store"


def test_the_card_speaks_english_by_cookie_browser_or_choice(client, village):
    worker = village.users["worker"]
    by_browser = scan(client, village.poor_code, worker, HTTP_ACCEPT_LANGUAGE="en-GB,zh;q=0.5")
    assert "Archived household" in text(by_browser)
    chosen = client.get(f"/c/{village.poor_code.token}?lang=en")
    assert "Archived household" in text(chosen)
    assert chosen.cookies["django_language"].value == "en"
    assert "Archived household" in text(scan(client, village.poor_code))
    back = client.get(f"/c/{village.poor_code.token}?lang=zh-hans")
    assert "建档立卡户" in text(back)


def test_the_scan_sees_one_household_even_if_its_functions_asked_for_more(client, village):
    """The wall behind the page: within the statement the scope is this household alone."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION registry_household_card(p_place text, p_household bigint)"
            " RETURNS json LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN json_build_object("
            " 'head', (SELECT string_agg(head_name, ',') FROM registry_household),"
            " 'members', 1, 'valid', true, 'contact', NULL); END $$"
        )
    page = text(scan(client, village.poor_code, village.users["county"]))
    assert "王秀英" in page
    assert "张大山" not in page


def test_a_household_that_moves_takes_its_code_along(client, village):
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE registry_household SET place_code = '141124104202' WHERE id = %s",
            [village.poor.pk],
        )
    assert "曜头村" in text(scan(client, village.poor_code))
    assert "王**" in text(scan(client, village.poor_code, village.users["neighbour"]))


def test_a_part_of_the_file_opens_in_place(client, village):
    page = text(scan(client, village.poor_code, village.users["worker"]))
    (address,) = re.findall(r'data-file="([^"]+)"', page)
    assert 'data-section="members"' in page
    part = text(client.get(address.replace("&amp;", "&") + "&section=members"))
    assert "刘**" in part
    assert "<html" not in part
