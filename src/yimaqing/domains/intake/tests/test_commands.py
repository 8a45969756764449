"""`yimaqing import` from a terminal: what it prints, and its exit status."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.utils import translation

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.intake.commands import import_file, list_datasets
from yimaqing.domains.intake.events import batch_applied
from yimaqing.domains.intake.layouts import reference
from yimaqing.domains.intake.models import Batch
from yimaqing.domains.registry.models import Household
from yimaqing.domains.registry.tests.sheets import HOUSEHOLD, OTHER, make_places, send, sheet

BAD = HOUSEHOLD | {"户编号": OTHER, "户主姓名": "", "户主证件号": ""}


@pytest.fixture
def sheets(database, tmp_path):
    make_places()

    def write(*rows, data=None):
        path = tmp_path / "户.csv"
        path.write_bytes(data or sheet(*rows))
        return str(path)

    # A page that another test asked for may have been English, and so may ours be.
    with translation.override("zh-hans"):
        yield write


def invoke(*arguments):
    return CliRunner().invoke(import_file, [*arguments, "--as-of", "2020-08-19"])


def test_a_good_file_ends_with_status_0_and_counts(sheets):
    done = invoke("households", sheets(HOUSEHOLD), "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["state"], said["rows"], said["created"], said["rejected"]) == ("applied", 1, 1, 0)


def test_rejected_rows_end_with_status_1_and_are_explained(sheets, tmp_path):
    errors = tmp_path / "errors.csv"
    done = invoke("households", sheets(HOUSEHOLD, BAD), "--errors", str(errors))
    assert done.exit_code == 1
    assert "2 行 = 新增 1 + 更新 0 + 不变 0 + 拒绝 1" in done.stdout
    assert "第 3 行 户主姓名" in done.stdout
    assert errors.read_text("utf-8-sig").splitlines()[1].startswith("3,户主姓名,,拒绝,必填项是空的")


def test_a_list_of_faults_runs_nothing_in_a_spreadsheet(sheets, tmp_path):
    errors = tmp_path / "errors.csv"
    formulas = ['=HYPERLINK("http://x")', "@SUM(1)", "\r=1"]
    invoke(
        "households",
        sheets(*(HOUSEHOLD | {"户编号": OTHER, "登记类别": text} for text in formulas)),
        "--errors",
        str(errors),
    )
    text = errors.read_text("utf-8-sig")
    values = [row["值"] for row in csv.DictReader(io.StringIO(text, newline=""))]
    assert any("HYPERLINK" in value for value in values)
    assert not [value for value in values if value.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("name", ["liming", " LiMing ", "ｌｉｍｉｎｇ"])
def test_a_user_is_named_as_at_the_log_in(sheets, name):
    user = make_user("township_officer", "141124104000", username="liming")
    assert invoke("households", sheets(HOUSEHOLD), "--as", name).exit_code == 0
    assert Batch.objects.using("owner").get().user_id == user.pk


def test_an_unusable_file_ends_with_status_2_and_the_remedy(sheets):
    done = invoke("households", sheets(data="户编号,名\n1,王\n".encode()))
    assert done.exit_code == 2
    assert "B 列“名”不属于该表" in done.stdout
    assert invoke("nothing", sheets(HOUSEHOLD)).exit_code == 2
    assert invoke("households", "/no/such/file.csv").exit_code == 2
    assert invoke("households", sheets(HOUSEHOLD), "--as", "nobody").exit_code == 2


def test_in_english_no_chinese_stop_remains(sheets):
    path = sheets(data="户编号,名\n1,王\n".encode())
    translation.activate("en")
    said = invoke("households", path).stdout
    assert said.startswith('户.csv: Column B "名" does not belong to this dataset. Use')
    assert not set("：。，") & set(said)


def test_a_dry_run_writes_nothing(sheets):
    done = invoke("households", sheets(HOUSEHOLD, BAD), "--dry-run", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["state"] == "checked"
    assert Household.objects.using("owner").count() == 0


def test_an_interrupted_file_is_continued_not_doubled(sheets, monkeypatch):
    path = sheets(HOUSEHOLD, BAD)
    monkeypatch.setattr("yimaqing.domains.intake.filling.CHUNK_ROWS", 1)

    def stop(*_args):
        raise KeyboardInterrupt

    with monkeypatch.context() as interrupted:
        interrupted.setattr("yimaqing.domains.intake.running._finish", stop)
        assert invoke("households", path).exit_code == 3
    batch = Batch.objects.using("owner").get()
    assert (batch.state, batch.rows_total, batch.row_cursor) == ("applying", 2, 3)
    assert invoke("households", path).exit_code == 1
    assert Batch.objects.using("owner").get().state == "applied"
    assert Household.objects.using("owner").count() == 1
    assert invoke("--resume", str(batch.pk)).exit_code == 1
    assert Household.objects.using("owner").count() == 1


def test_who_listens_is_told_once_and_again_only_after_a_crash(sheets):
    heard = []

    def listen(batch_id, dataset, **_):
        heard.append((batch_id, dataset))

    batch_applied.connect(listen)
    try:
        invoke("households", sheets(HOUSEHOLD))
        batch = Batch.objects.using("owner").get()
        invoke("--resume", str(batch.pk))
        assert heard == [(batch.pk, "households")]
        Batch.objects.using("owner").update(announced_at=None)  # killed before it was noted
        invoke("--resume", str(batch.pk))
        assert heard == [(batch.pk, "households")] * 2
    finally:
        batch_applied.disconnect(listen)


def test_the_reference_page_is_what_the_datasets_say():
    page = Path(__file__).parents[5] / "docs/reference/datasets.md"
    assert page.read_text(encoding="utf-8") == reference()
    listed = CliRunner().invoke(list_datasets, []).stdout
    assert "households" in listed
    assert "village_year" in listed


def test_who_may_not_import_is_told_so_and_not_that_the_place_is_another(sheets):
    make_user("village_worker", "141124104201", username="cunli")
    done = invoke("households", sheets(HOUSEHOLD), "--as", "cunli")
    assert done.exit_code == 2
    assert "cunli：该用户没有导入的权限。" in done.stderr
    assert "不在您负责的范围" not in done.output
    assert not Batch.objects.using("owner").exists()


def test_a_right_that_ended_before_the_job_ran_is_named(sheets):
    worker = make_user("village_worker", "141124104201", username="cunli")
    batch = send("households", HOUSEHOLD, by=worker)
    assert (batch.state, (batch.failure or {})["code"]) == ("unusable", "may_not_import")


def test_a_row_elsewhere_is_named_with_its_number(sheets):
    make_user("township_officer", "141102100000", username="wai")
    done = invoke("households", sheets(HOUSEHOLD), "--as", "wai")
    assert f"第 2 行 户编号 “{HOUSEHOLD['户编号']}”：地点 141124104201 不在" in done.stdout


def test_an_empty_cell_is_not_quoted(sheets):
    assert "第 3 行 户主姓名：必填项是空的" in invoke("households", sheets(HOUSEHOLD, BAD)).stdout
