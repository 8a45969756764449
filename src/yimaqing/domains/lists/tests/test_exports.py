"""Exports: what is in the file, who may have it, and that it is whole or not there.

Cast: 李明 is an officer of 临县, 王秀英 heads a household of 白文村; her son's name is a formula.
"""

import csv
import errno
import io
import os
import signal
import subprocess
import sys
import time

import openpyxl
import pyarrow.parquet as pq
import pytest
from django.conf import settings as django_settings
from django.test import Client

from yimaqing.domains.accounts.factories import make_assignment, make_user
from yimaqing.domains.accounts.models import Assignment
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.lists import producing, running
from yimaqing.domains.lists.actions import ask_export
from yimaqing.domains.lists.asking import Question
from yimaqing.domains.lists.catalogue import listing as named
from yimaqing.domains.lists.models import Export, State
from yimaqing.domains.lists.queries import UnknownExport, export_of, seal_of
from yimaqing.domains.lists.running import run_export
from yimaqing.domains.lists.tasks import tidy
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import add_person, make_household, synthetic_id_number
from yimaqing.kit.crypto import keyring
from yimaqing.kit.files import open_stored

COUNTY, VILLAGE, OTHER = "141124000000", "141124104201", "141124104202"
FORMULA = '=HYPERLINK("http://x","y")'


@pytest.fixture
def home(database):
    Place.objects.using("owner").create(code=COUNTY, name="临县", level=3, kind="county")
    Place.objects.using("owner").create(code=VILLAGE, name="白文村", level=5, kind="village")
    home = make_household(head_name="王秀英", bank_name=FORMULA, team="-1+2")
    add_person(home, name="王<&>强", id_number=synthetic_id_number(order=7))
    return home


@pytest.fixture
def li(home):
    return make_user("county_officer", COUNTY)


def logged_in(user):
    client = Client()
    client.force_login(user)
    return client


def exported(user, listing, file_format, query="", **form):
    client = logged_in(user)
    sent = {"format": file_format, "purpose": "核对底册", **form}
    there = client.post(f"/lists/{listing}/export/{query}", sent)
    assert there.status_code == 302, there.content.decode()[:300]
    answer = client.get(there["Location"] + "file/")
    assert answer.status_code == 200, client.get(there["Location"]).content.decode()[-900:]
    return b"".join(answer.streaming_content)


def sheet_of(data):
    book = openpyxl.load_workbook(io.BytesIO(data))
    return book, book.worksheets[0]


def test_a_workbook_says_whose_it_is_and_keeps_numbers_as_texts(li, home):
    data = exported(li, "households", "xlsx", "?col=head_name&col=household_number&col=team")
    book, sheet = sheet_of(data)
    number = Export.objects.using("owner").get().number
    assert sheet["A1"].value == "户"
    for part in (li.username, "核对底册", number):
        assert part in sheet["A2"].value
    assert [c.value for c in sheet[3]] == ["户主姓名", "组", "户编号", "行标识"]
    assert [c.value for c in sheet[4]] == ["王**", "-1+2", home.household_number, home.pk]
    assert sheet["C4"].data_type == "s"
    assert sheet["C4"].number_format == "@"
    assert sheet.freeze_panes == "A4"
    assert sheet.column_dimensions["D"].hidden
    assert number in str(sheet.oddHeader.right.text)
    assert "核对底册" in str(sheet.oddFooter.left.text)
    assert sheet.print_title_rows == "$1:$3"
    mark = book["_yimaqing"]
    assert mark.sheet_state == "veryHidden"
    assert [row[0].value for row in mark] == [
        *(number, "households", "households", "3", "D"),
        seal_of(number),
    ]
    assert book.custom_doc_props["YimaqingExport"].value == f"{number} {seal_of(number)}"


def test_no_cell_is_a_formula(li, home):
    _book, sheet = sheet_of(exported(li, "households", "xlsx", "?col=bank_name&col=team"))
    assert {c.data_type for row in sheet.iter_rows(min_row=4) for c in row} <= {"s", "n"}
    rows = _csv(exported(li, "households", "csv", "?col=bank_name&col=team"))
    assert rows[1] == ["'-1+2", f"'{FORMULA}"]


def _csv(data):
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_every_format_says_the_same_of_every_list(li, home):
    for listing in ("households", "persons"):
        rows = _csv(exported(li, listing, "csv"))
        table = pq.read_table(io.BytesIO(exported(li, listing, "parquet")))
        _book, sheet = sheet_of(exported(li, listing, "xlsx"))
        written = [[c.value for c in row][:-1] for row in sheet.iter_rows(min_row=4)]
        assert table.column_names == rows[0]
        assert len(rows) - 1 == table.num_rows == len(written)
        assert [row[0] for row in written] == table.column(0).to_pylist()
        assert table.schema.metadata[b"export"].decode().startswith("DC")


def test_names_and_numbers_stand_open_only_with_the_right_and_a_purpose(li, home):
    number = synthetic_id_number(order=7)
    closed = exported(li, "persons", "csv").decode()
    assert number not in closed
    assert "王<&>强" not in closed
    opened = exported(li, "persons", "csv", clear="1").decode()
    assert number in opened
    assert "王<&>强" in opened
    entry = Entry.objects.using("owner").filter(action="lists.export_written").latest("id")
    assert entry.after == {"listing": "persons", "rows": 2, "clear": True}
    assert entry.purpose == "核对底册"
    auditor = make_user("auditor", COUNTY)
    client = logged_in(auditor)
    client.post("/lists/persons/export/", {"format": "csv", "purpose": "抽查", "clear": "1"})
    client.post("/lists/persons/export/", {"format": "csv", "purpose": " "})
    assert not Export.objects.using("owner").filter(user_id=auditor.pk).exists()
    assert number not in exported(auditor, "persons", "csv").decode()


def test_where_he_may_not_open_them_rows_stay_masked(li, home):
    neighbour = make_household(place_code=OTHER, head_name="刘洋洋")
    both = make_user("village_worker", VILLAGE)
    make_assignment(both, "auditor", COUNTY)
    rows = _csv(exported(both, "households", "csv", clear="1"))
    names = {row[0] for row in rows[1:]}
    assert names == {"王秀英", "刘**"}, neighbour


def test_what_another_post_of_his_shows_is_not_exported(li, home):
    make_household(place_code=OTHER, head_name="刘洋洋")
    leader = make_user("village_worker", VILLAGE)
    make_assignment(leader, "building_leader", OTHER)
    page = logged_in(leader).get("/lists/households/").content.decode()
    assert "刘**" in page
    assert "刘**" not in exported(leader, "households", "csv").decode()
    export = waiting(leader, "households")
    assert run_export(export.pk) == State.DONE
    export.refresh_from_db()
    assert export.written == 1


def test_whose_post_ended_since_takes_no_file_of_it(li, home):
    exported(li, "households", "csv")
    export = Export.objects.using("owner").get()
    make_assignment(li, "auditor", COUNTY)
    Assignment.objects.using("owner").filter(user_id=li.pk, role="county_officer").update(
        ends_on="2020-01-02"
    )
    answer = logged_in(li).get(f"/lists/exports/{export.pk}/file/", follow=True)
    assert answer.redirect_chain
    assert "你的任职有变动，请重新导出" in answer.content.decode()
    assert not Entry.objects.using("owner").filter(action="lists.export_downloaded").count() > 1


def test_an_export_that_cannot_be_written_says_so(li, home, monkeypatch):
    export = waiting(li)

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(producing, "pour", full)
    with pytest.raises(OSError, match="space"):
        run_export(export.pk)
    export.refresh_from_db()
    assert export.state == State.FAILED
    assert "写文件时出错" in logged_in(li).get(f"/lists/exports/{export.pk}/").content.decode()


def test_of_two_workers_the_slower_one_leaves_the_file(li, home, monkeypatch):
    export = waiting(li)
    pour = producing.pour

    def overtaken(*arguments):
        monkeypatch.setattr(producing, "pour", pour)
        assert run_export(export.pk) == State.DONE
        monkeypatch.setattr(running, "_progress", lambda *_: None)
        return pour(*arguments)

    monkeypatch.setattr(producing, "pour", overtaken)
    slower = run_export(export.pk)
    assert slower == State.DONE
    assert logged_in(li).get(f"/lists/exports/{export.pk}/file/").status_code == 200


def test_a_purpose_breaks_no_workbook(li, home):
    data = exported(li, "households", "xlsx", purpose="核对\x01底册")
    _book, sheet = sheet_of(data)
    assert "核对底册" in str(sheet.oddFooter.left.text)


def test_a_leader_of_a_building_exports_nothing(home):
    client = logged_in(make_user("building_leader", VILLAGE))
    client.post("/lists/households/export/", {"format": "csv", "purpose": "x"})
    assert not Export.objects.using("owner").exists()
    assert "导出这份名单" not in client.get("/lists/households/").content.decode()


def test_a_file_is_sealed_on_disk_and_its_owners_alone(li, home):
    exported(li, "households", "csv")
    export = Export.objects.using("owner").get()
    path = django_settings.FILES / export.stored_as
    assert home.household_number.encode() not in path.read_bytes()
    other = logged_in(make_user("county_officer", COUNTY))
    assert other.get(f"/lists/exports/{export.pk}/file/").status_code == 404
    assert other.get(f"/lists/exports/{export.pk}/").status_code == 404


def test_after_its_day_a_file_is_gone(li, home):
    exported(li, "households", "xlsx")
    export = Export.objects.using("owner").get()
    Export.objects.using("owner").update(expires_at="2020-01-01T00:00:00Z")
    assert tidy(0) == 1
    assert not (django_settings.FILES / export.stored_as).exists()
    assert logged_in(li).get(f"/lists/exports/{export.pk}/file/").status_code == 404
    assert "已过保留期" in logged_in(li).get(f"/lists/exports/{export.pk}/").content.decode()


def waiting(user, listing="persons"):
    return ask_export(
        listing=named(listing),
        question=Question(listing),
        file_format="xlsx",
        purpose="核对底册",
        clear=False,
        by=user,
    )


def test_a_cancelled_export_leaves_nothing(li, home):
    export = waiting(li)
    logged_in(li).post(f"/lists/exports/{export.pk}/cancel/")
    assert run_export(export.pk) == State.CANCELLED
    assert list(django_settings.FILES.rglob("DC*")) == []


def test_who_lost_his_post_meanwhile_gets_nothing(li, home):
    export = waiting(li)
    Assignment.objects.using("owner").filter(user_id=li.pk).update(ends_on="2020-01-02")
    assert run_export(export.pk) == State.FAILED
    assert list(django_settings.FILES.rglob("DC*")) == []


def test_what_an_export_said_can_be_asked_later(li, home):
    exported(li, "households", "xlsx", "?col=household_number&col=team")
    said = export_of(Export.objects.using("owner").get().number)
    assert (said.dataset, said.columns) == ("households", ("team", "household_number"))
    assert list(said.rows()) == [(home.pk, ["-1+2", home.household_number])]
    with pytest.raises(UnknownExport):
        export_of("DC99999999")


KILLED = """
import os, signal, sys, django
django.setup()
from yimaqing.domains.lists import producing, running
pour = producing.pour
def dies(task, sink, kept, told):
    rows = pour(task, sink, kept, told)
    print("written", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
producing.pour = dies
running.run_export(int(sys.argv[1]))
"""


def test_a_killed_worker_leaves_no_half_file_and_the_job_writes_it_again(li, home, database):
    export = waiting(li)
    died = subprocess.run(
        [sys.executable, "-c", KILLED, str(export.pk)],
        env=database.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert "written" in died.stdout
    export.refresh_from_db()
    assert export.state == State.RUNNING
    assert list(django_settings.FILES.rglob("DC*")) == []
    assert logged_in(li).get(f"/lists/exports/{export.pk}/file/").status_code == 404
    assert run_export(export.pk) == State.DONE
    export.refresh_from_db()
    path = django_settings.FILES / export.stored_as
    with open_stored(path, keyring(django_settings.DATA_KEYS)) as file:
        _book, sheet = sheet_of(file.read())
    assert sheet.max_row == 3 + 2
    leftover = list(django_settings.FILES.rglob(".unfinished-*"))
    for one in leftover:
        os.utime(one, (time.time() - 90_000,) * 2)
    assert tidy(0) == len(leftover)


def run(database, *words):
    command = [sys.executable, "-c", "from yimaqing.config.cli import main; main()", *words]
    return subprocess.run(
        command, env=database.environment, capture_output=True, text=True, check=False
    )


def test_the_operator_exports_from_the_terminal(li, home, database, tmp_path):
    file = tmp_path / "people.csv"
    words = ("export", "persons", "--out", str(file), "--filter", "relation=head")
    done = run(database, *words, "--columns", "name,relation", "--json")
    assert done.returncode == 0, done.stderr
    assert '"rows": 1' in done.stdout
    assert _csv(file.read_bytes()) == [["姓名", "与户主关系"], ["王**", "户主"]]
    assert run(database, *words, "--clear").returncode == 2, "in clear only with a purpose"
    assert run(database, "export", "kitchens", "--out", str(file)).returncode == 2
    wrong = run(database, "export", "persons", "--out", str(file), "--filter", "sex=x")
    assert wrong.returncode == 2
    assert "female" in wrong.stderr
    far = make_user("county_officer", "141102000000")
    own = run(database, "export", "persons", "--out", str(file), "--as", far.username, "--json")
    assert '"rows": 0' in own.stdout, own.stderr
