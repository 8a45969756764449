"""Sending a file from the browser.

Cast: 李明 imports for 白文镇 (141124104000), 张兰 for 离石区 (141102000000), 赵强 is a village
worker and imports nothing. The sheet is 王秀英's household.
"""

import datetime as dt
import os
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from procrastinate.contrib.django.models import ProcrastinateJob

from yimaqing.domains.accounts.factories import make_assignment, make_user
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.intake import actions, staging
from yimaqing.domains.intake.models import Batch, State
from yimaqing.domains.intake.tasks import run_batch, tidy
from yimaqing.domains.registry.models import Household
from yimaqing.domains.registry.tests.sheets import HOUSEHOLD, OTHER, make_places, send, sheet

BAD = HOUSEHOLD | {"户编号": OTHER, "户主姓名": "", "户主证件号": ""}


def logged_in(role, place):
    client = Client()
    client.force_login(make_user(role, place))
    return client


@pytest.fixture
def ming(database):
    make_places()
    with translation.override("zh-hans"):  # pages asked for in English leave it so
        yield logged_in("township_officer", "141124104000")


def upload(client, data=None, **fields):
    fields = {"dataset": "households", "mode": "check", "as_of": "2020-08-19"} | fields
    file = SimpleUploadedFile("户.csv", data if data is not None else sheet(HOUSEHOLD, BAD))
    return client.post("/imports/new/", fields | {"file": file}, follow=True)


def newest():
    return Batch.objects.using("owner").latest("pk")


def test_a_file_is_checked_read_about_and_then_let_in(ming):
    page = upload(ming).content.decode()
    assert "等待处理" in page
    assert 'hx-trigger="every 2s"' in page
    assert run_batch(newest().pk) == "checked"
    assert Household.objects.using("owner").count() == 0
    page = ming.get(f"/imports/{newest().pk}/").content.decode()
    assert "这是检查结果，还没有入库" in page
    assert "将 1 行入库" in page
    assert "必填项是空的" in page
    ming.post(f"/imports/{newest().pk}/apply/")
    assert run_batch(newest().pk) == "applied"
    assert Household.objects.using("owner").count() == 1
    page = ming.get(f"/imports/{newest().pk}/").content.decode()
    assert "已入库。被拒绝的行改正后" in page
    acts = Entry.objects.using("owner").filter(subject_kind="batch").order_by("id")
    assert list(acts.values_list("action", flat=True)) == [
        "intake.file_received",
        "intake.batch_checked",
        "intake.apply_requested",
        "intake.batch_applied",
    ]


def test_every_cell_of_the_faults_is_named_where_a_phone_has_no_head_of_the_table(ming):
    upload(ming)
    run_batch(newest().pk)
    page = ming.get(f"/imports/{newest().pk}/errors/").content.decode()
    head = re.findall(r"<th[^>]*>([^<]+)</th>", page)
    body = page.split("<tbody>")[1]
    assert 'class="data-table as-cards"' in page
    assert re.findall(r'data-label="([^"]+)"', body)[: len(head)] == head


def test_a_sheet_of_which_nothing_was_taken_is_not_called_applied(ming):
    upload(ming, sheet(HOUSEHOLD | {"家庭人口数": "许多"}), mode="apply")
    assert run_batch(newest().pk) == "applied"
    page = ming.get(f"/imports/{newest().pk}/").content.decode()
    assert "一行也没有入库：全部被拒绝。" in page
    assert "已入库。" not in page


def test_after_a_sheet_without_faults_nobody_is_told_of_rejected_rows(ming):
    upload(ming, sheet(HOUSEHOLD), mode="apply")
    assert run_batch(newest().pk) == "applied"
    page = ming.get(f"/imports/{newest().pk}/").content.decode()
    assert "已入库，没有被拒绝的行。" in page
    assert "被拒绝的行改正后" not in page


def test_a_check_that_found_nothing_to_apply_offers_no_button(ming):
    upload(ming, sheet(BAD))
    run_batch(newest().pk)
    page = ming.get(f"/imports/{newest().pk}/").content.decode()
    assert "没有要入库的行" in page
    assert "/apply/" not in page
    upload(ming, sheet(HOUSEHOLD), mode="apply")
    run_batch(newest().pk)
    upload(ming, sheet(HOUSEHOLD))
    run_batch(newest().pk)
    page = ming.get(f"/imports/{newest().pk}/").content.decode()
    assert "所有行都已在库中" in page
    assert "/apply/" not in page
    assert not staging.exists(newest().pk)


def test_the_rows_of_a_check_do_not_outlive_the_same_file_let_in(ming):
    checked = send("households", HOUSEHOLD, dry_run=True)
    assert staging.exists(checked.pk)
    send("households", HOUSEHOLD)
    assert not staging.exists(checked.pk)
    checked.refresh_from_db(using="owner")
    actions.apply_checked(batch=checked, by=None, using="owner")
    assert run_batch(checked.pk) == "applied"


def test_applying_a_second_time_is_answered_and_does_nothing(ming):
    upload(ming)
    run_batch(newest().pk)
    address = f"/imports/{newest().pk}/apply/"
    assert "已开始入库。" in ming.post(address, follow=True).content.decode()
    again = ming.post(address, follow=True).content.decode()
    assert "没有再做什么" in again
    assert "已开始入库" not in again
    assert run_batch(newest().pk) == "applied"
    english = ming.post(address, follow=True, headers={"Accept-Language": "en"})
    assert "nothing was done" in english.content.decode()
    asked = Entry.objects.using("owner").filter(action="intake.apply_requested")
    assert asked.count() == 1


def test_the_upload_queues_one_job_for_its_batch(ming):
    upload(ming)
    [job] = ProcrastinateJob.objects.filter(queue_name="intake")
    assert job.args == {"batch_id": newest().pk}
    assert job.lock == f"intake:{newest().pk}"


def test_progress_is_polled_without_sending_the_same_twice(ming):
    upload(ming)
    address = f"/imports/{newest().pk}/progress/"
    first = ming.get(address)
    assert ming.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    run_batch(newest().pk)
    last = ming.get(address, headers={"If-None-Match": first["ETag"]})
    assert (last.status_code, last["HX-Refresh"]) == (200, "true")


def test_errors_are_listed_by_kind_and_downloaded_as_a_sheet(ming):
    rows = [
        HOUSEHOLD | {"户编号": f"86141124{n:06d}", "户主姓名": "", "户主证件号": ""}
        for n in range(60)
    ]
    upload(ming, sheet(HOUSEHOLD | {"联系电话": "13800005678x"}, *rows))
    run_batch(newest().pk)
    address = f"/imports/{newest().pk}/errors/"
    first = ming.get(address).content.decode()
    assert "138****5678x" not in first
    assert "1380000567" not in first
    assert "?code=&amp;column=&amp;after=" in first
    only = ming.get(address, {"code": "phone", "column": "phone"}).content.decode()
    assert "不是电话号码" in only
    assert "必填项是空的</td>" not in only
    lines = b"".join(ming.get(f"/imports/{newest().pk}/errors.csv").streaming_content).decode()
    assert lines.startswith("\ufeff行,列,值,级别,原因,怎样改")
    assert len(lines.splitlines()) == 62


def test_a_fault_that_differs_from_row_to_row_is_told_by_an_example(ming):
    other = HOUSEHOLD | {"户编号": OTHER, "户主证件号": ""}
    wrong = [other | {"户编号": f"8614112400077{n}", "登记类别": w} for n, w in enumerate("甲户")]
    upload(ming, sheet(HOUSEHOLD, other, HOUSEHOLD, other, *wrong))
    run_batch(newest().pk)
    page = ming.get(f"/imports/{newest().pk}/").content.decode()
    assert "例如：与第 2 行完全相同" in page
    assert "例如：不在代码表中" not in page
    assert "应为：建档立卡户、边缘户、一般农户</td>" in page


def test_an_unusable_file_says_what_to_do(ming):
    upload(ming, "户编号,名字\n1,王\n".encode())
    assert run_batch(newest().pk) == "columns"
    page = ming.get(f"/imports/{newest().pk}/").content.decode()
    assert "B 列“名字”不属于该表" in page
    assert newest().state == State.COLUMNS
    upload(ming, b"PK\x03\x04 not a zip")
    assert run_batch(newest().pk) == "unusable"
    assert "工作簿已损坏" in ming.get(f"/imports/{newest().pk}/").content.decode()


def test_a_form_without_a_file_or_with_a_day_to_come_is_given_back(ming, database):
    tomorrow = dt.date.today() + dt.timedelta(days=2)
    answer = upload(ming, as_of=tomorrow.isoformat())
    assert answer.status_code == 422
    assert "数据日期不能晚于今天" in answer.content.decode()
    assert Batch.objects.using("owner").count() == 0
    assert [p for p in (database.home / "files").rglob("*") if p.is_file()] == []


def test_the_kept_file_holds_nothing_readable(ming, database):
    upload(ming)
    [kept] = [p for p in (database.home / "files").rglob("*") if p.is_file()]
    assert "王秀英".encode() not in kept.read_bytes()
    assert HOUSEHOLD["户主证件号"].encode() not in kept.read_bytes()


def test_too_large_an_upload_stops_and_leaves_nothing(ming, database, monkeypatch):
    monkeypatch.setattr(actions, "MOST_BYTES", 100)
    answer = upload(ming, b"x" * 200_000)
    assert "拆分为几个文件分别上传" in answer.content.decode()
    assert Batch.objects.using("owner").count() == 0
    assert [p for p in (database.home / "files").rglob("*") if p.is_file()] == []


def test_forged_requests_are_refused(ming):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = ming.cookies
    assert upload(strict).status_code == 403
    assert Batch.objects.using("owner").count() == 0


def test_others_see_neither_the_page_nor_the_batch(ming):
    upload(ming)
    run_batch(newest().pk)
    worker = logged_in("village_worker", "141124104201")
    assert worker.get("/imports/").status_code == 403
    assert worker.get(f"/imports/{newest().pk}/").status_code == 403
    elsewhere = logged_in("county_officer", "141102000000")
    for page in ("", "progress/", "errors/", "errors.csv"):
        assert elsewhere.get(f"/imports/{newest().pk}/{page}").status_code == 404
    assert "户.csv" not in elsewhere.get("/imports/").content.decode()
    above = logged_in("county_officer", "141124000000")
    assert above.get(f"/imports/{newest().pk}/").status_code == 200
    assert above.post(f"/imports/{newest().pk}/apply/").status_code == 403


def test_another_role_that_reaches_further_shows_no_batch(ming):
    upload(ming)
    run_batch(newest().pk)
    zhang = make_user("township_officer", "141102001000")
    make_assignment(zhang, "leader", "141100000000")
    client = Client()
    client.force_login(zhang)
    for page in ("", "progress/", "errors/", "errors.csv"):
        assert client.get(f"/imports/{newest().pk}/{page}").status_code == 404
    assert "户.csv" not in client.get("/imports/").content.decode()
    text = b"".join(ming.get(f"/imports/{newest().pk}/errors.csv").streaming_content).decode()
    assert "必填项是空的" in text


def test_somebody_not_logged_in_is_asked_to(database):
    assert Client().get("/imports/").status_code == 302


def test_a_template_has_the_headings_of_its_dataset(ming):
    text = ming.get("/imports/templates/persons.csv").content.decode()
    assert text.startswith("\ufeff人编号,户编号,姓名,性别")
    assert ming.get("/imports/templates/nothing.csv").status_code == 404


def test_pages_are_there_in_english_too(ming):
    upload(ming)
    run_batch(newest().pk)
    page = ming.get(f"/imports/{newest().pk}/", headers={"Accept-Language": "en"}).content.decode()
    assert "a needed cell is empty" in page
    for word in ("Households · 户.csv", "Problems found", ">Rejected<", ">Rows<"):
        assert word in page
    assert "Apply 1 rows" in page


def test_old_checks_and_orphans_are_tidied_and_the_check_can_still_be_applied(ming, database):
    batch = send("households", HOUSEHOLD, dry_run=True)
    long_ago = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    Batch.objects.using("owner").filter(pk=batch.pk).update(finished_at=long_ago)
    orphan = database.home / "files/intake/orphan.sealed"
    orphan.write_bytes(b"x")
    os.utime(orphan, (0, 0))
    assert tidy(timestamp=0) == 1
    assert not orphan.exists()
    batch.refresh_from_db(using="owner")
    actions.apply_checked(batch=batch, by=None, using="owner")
    assert run_batch(batch.pk) == "applied"
    assert Household.objects.using("owner").count() == 1
