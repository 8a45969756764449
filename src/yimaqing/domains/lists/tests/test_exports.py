"""Exports: what is in the file, who may have it, and that it is whole or not there.

Cast: 李明 is an officer of 临县, 王秀英 heads a household of 白文村; her son's name is a formula.
"""

import csv
import io
import json
import subprocess
import sys

import openpyxl
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from django.conf import settings as django_settings
from django.test import Client

from yimaqing.domains.accounts.factories import make_assignment, make_user
from yimaqing.domains.accounts.models import Assignment
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.lists.commands import export as export_command
from yimaqing.domains.lists.commands import show_lists
from yimaqing.domains.lists.models import Export
from yimaqing.domains.lists.queries import UnknownExport, export_of, seal_of
from yimaqing.domains.lists.tasks import tidy
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import add_person, make_household, synthetic_id_number

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


def test_what_an_export_said_can_be_asked_later(li, home):
    exported(li, "households", "xlsx", "?col=household_number&col=team")
    said = export_of(Export.objects.using("owner").get().number)
    assert (said.dataset, said.columns) == ("households", ("team", "household_number"))
    assert list(said.rows()) == [(home.pk, ["-1+2", home.household_number])]
    with pytest.raises(UnknownExport):
        export_of("DC99999999")


def test_the_operator_exports_from_the_terminal(li, home, database, tmp_path):
    file = tmp_path / "people.csv"
    line = [sys.executable, "-c", "from yimaqing.config.cli import main; main()", "export"]
    words = ["persons", "--out", str(file), "--filter", "relation=head"]
    done = subprocess.run(
        [*line, *words, "--columns", "name,relation", "--json"],
        env=database.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert '"rows": 1' in done.stdout
    assert _csv(file.read_bytes()) == [["姓名", "与户主关系"], ["王**", "户主"]]


def test_the_terminal_refuses_what_it_cannot_export(li, home, tmp_path):
    words = ["persons", "--out", str(tmp_path / "people.csv")]

    def refused(*line):
        done = CliRunner().invoke(export_command, line)
        return done.stderr if done.exit_code == 2 else f"exit {done.exit_code}"

    assert "用途" in refused(*words, "--clear"), "in clear only with a purpose"
    assert "households" in refused("kitchens", *words[1:])
    assert "female" in refused(*words, "--filter", "sex=x")
    assert "--as" in refused(*words, "--as", "nobody")
    Assignment.objects.using("owner").filter(user_id=li.pk).update(ends_on="2020-01-02")
    assert li.username in refused(*words, "--as", li.username)
    far = make_user("county_officer", "141102000000")
    done = CliRunner().invoke(export_command, [*words, "--as", far.username, "--json"])
    assert json.loads(done.output)["rows"] == 0


def test_programs_read_which_lists_there_are():
    said = json.loads(CliRunner().invoke(show_lists, ["--json"]).output)
    assert "head_name" in next(one["columns"] for one in said if one["list"] == "households")
