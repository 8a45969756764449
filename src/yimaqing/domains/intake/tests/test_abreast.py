"""A visit's sheet: one row a household, a column for each indicator.

李明 went round 白文村 on 30 June 2020. 王秀英's household and her son's are in the register.
"""

import json
import re

import pytest
from click.testing import CliRunner
from django.db import OperationalError
from django.test import Client
from django.utils import timezone, translation

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.intake import filling, staging
from yimaqing.domains.intake.commands import import_file
from yimaqing.domains.intake.comparing import compare
from yimaqing.domains.intake.filling import opener
from yimaqing.domains.intake.mapping.commands import mappings
from yimaqing.domains.intake.messages import explain
from yimaqing.domains.intake.models import Mapping, State
from yimaqing.domains.intake.queries import report
from yimaqing.domains.intake.reading import open_sheet
from yimaqing.domains.intake.running import run
from yimaqing.domains.intake.tasks import run_batch
from yimaqing.domains.intake.tests.test_mapping import chosen, newest, upload, workbook
from yimaqing.domains.intake.workbook import making
from yimaqing.domains.registry.models import Person, Reading
from yimaqing.domains.registry.tests.sheets import (
    BOY,
    HOUSEHOLD,
    NUMBER,
    OTHER,
    PERSON,
    SON,
    WANG,
    YAOTOU,
    counts,
    faults,
    make_places,
    send,
)

DAY = "2020-06-30"
HEAD = ["户编号", "户主姓名", "饮水安全", "住房安全", "缺水天数", "核查日期"]


@pytest.fixture
def register(database):
    make_places()
    with translation.override("zh-hans"):
        send(
            "households",
            HOUSEHOLD,
            HOUSEHOLD | {"户编号": OTHER, "村编号": YAOTOU, "户主姓名": "赵强", "户主证件号": ""},
        )
        send("persons", PERSON, BOY)
        yield


def held():
    """Readings as (indicator, word or number, day, of a person), in order."""
    return [
        (
            r.indicator,
            r.value_text or r.value_number,
            f"{timezone.localdate(r.observed_at)}",
            bool(r.person_id),
        )
        for r in Reading.objects.using("owner").filter(source="入户走访").order_by("pk")
    ]


def csv(*rows):
    return "\n".join(",".join(row) for row in rows).encode()


def test_each_column_of_an_indicator_becomes_readings(register):
    rows = [
        HEAD,
        [NUMBER, "王秀英", "是", "B", "3天", DAY],
        [OTHER, "赵强", "不达标", "", "/", "2020年7月1日"],
        ["86141124000999", "钱七", "", " ", "未核查", DAY],
    ]
    batch = send("auto", data=workbook(走访=([["白文村走访表"], *rows], [])))
    assert (batch.dataset, batch.state) == ("readings", "applied"), batch.failure
    assert sorted(held()) == [
        ("housing", "B", "2020-06-30", False),
        ("water", "fail", "2020-07-01", False),
        ("water", "pass", "2020-06-30", False),
        ("water.guarantee", 3.0, "2020-06-30", False),
    ]
    assert counts(batch) == (4, 0, 0, 0)
    told = {note["code"]: note for note in report(batch)["notes"]}
    assert told["abreast"]["params"] == {"rows": "3", "readings": "4", "blank": "1"}
    assert "3 行，读出 4 条读数" in told["abreast"]["reason"]


def test_what_is_wrong_is_told_by_the_sheet_s_own_row_and_column(register):
    rows = [
        HEAD,
        [NUMBER, "王秀英", "达标", "差不多", "900", DAY],
        ["86141124000999", "钱七", "达标", "A", "0", DAY],
        [NUMBER, "王秀英", "不达标", "", "", DAY],
    ]
    batch = send("readings", data=csv(*rows))
    assert sorted(faults(batch)) == [
        (2, "value=housing", "value_word"),
        (2, "value=water.guarantee", "range"),
        (3, "household_number", "household_unknown"),
        (4, "household_number", "duplicate_conflict"),
    ]
    assert counts(batch) == (1, 0, 0, 6)
    [outside] = batch.errors.using("owner").filter(code="range")
    assert (outside.params["low"], outside.params["high"]) == ("0", "366")
    [conflict] = batch.errors.using("owner").filter(code="duplicate_conflict")
    assert conflict.params["other"] == 2
    assert report(batch)["errors"][0]["count"] == 1, "once for the row, not for each reading"
    sheet = open_sheet(opener(batch), batch.sheet)
    places = making._places(batch, sheet)  # where the cells are coloured
    assert (places["value=housing"], places["value=water.guarantee"]) == (3, 4)


def test_a_person_s_indicators_are_read_only_where_it_is_said_whose_they_are(register):
    rows = [
        ["户编号", "姓名", "身份证号", "义务教育", "基本医疗", "饮水安全", "核查日期"],
        [NUMBER, "王秀英", WANG, "", "已参保", "达标", DAY],
        [NUMBER, "李小军", SON, "在读", "是", "达标", DAY],
    ]
    batch = send("readings", data=csv(*rows))
    assert batch.state == "applied", (batch.failure, batch.guess)
    assert counts(batch) == (4, 0, 0, 0), "told again in the next member's row, nothing is refused"
    boy = Person.objects.using("owner").get(name="李小军")
    assert sorted(held()) == [
        ("education", "enrolled", "2020-06-30", True),
        ("medical", "insured", "2020-06-30", True),
        ("medical", "insured", "2020-06-30", True),
        ("water", "pass", "2020-06-30", False),
    ], "the household's water is told in each member's row, and held once"
    mine = Reading.objects.using("owner").get(indicator="education", source="入户走访")
    assert mine.person_id == boy.pk
    of_household = csv(
        ["户编号", "户主姓名", "义务教育", "饮水安全", "核查日期"],
        [NUMBER, "王秀英", "达标", "达标", "2020-07-30"],
    )
    asked = send("readings", data=of_household)
    assert asked.state == "columns"
    assert "按人记录" in explain("readings", **(asked.failure or {"code": "", "params": {}})).reason
    heads = csv(
        ["户编号", "户主姓名", "身份证号", "义务教育", "核查日期"],
        [NUMBER, "王秀英", WANG, "在校", "2020-07-30"],
    )
    assert send("readings", data=heads).state == "columns", "the head's number is not the child's"


def test_the_day_stands_in_the_title_or_in_the_heading(register):
    title = [["走访登记表（核查日期：2020年6月30日）"], HEAD[:3], [NUMBER, "王秀英", "达标"]]
    assert send("readings", data=workbook(走访=(title, []))).state == "applied"
    dated = [["户编号", "饮水安全（2020年5月31日）", "饮水水质(2020-07-15)"], [NUMBER, "否", "是"]]
    batch = send("readings", data=workbook(走访=(dated, [])))
    assert batch.state == "applied", (batch.failure, batch.guess)
    assert sorted(held()) == [
        ("water", "fail", "2020-05-31", False),
        ("water", "pass", "2020-06-30", False),
        ("water.quality", "pass", "2020-07-15", False),
    ]


def test_a_sheet_without_its_day_is_settled_on_the_page_and_asked_again_next_time(register):
    client = Client()
    client.force_login(make_user("township_officer", "141124104000"))
    rows = [["户编号", "饮水", "住房安全"], [NUMBER, "有保障", "好的"], [OTHER, "", "A"]]
    upload(client, ("走访.csv", csv(*rows)), dataset="readings")
    batch = newest()
    assert run_batch(batch.pk) == State.COLUMNS
    page = client.get(f"/imports/{batch.pk}/columns/").content.decode()
    assert "指标：饮水安全" in page
    assert "好的 →" in page
    form = chosen(page) | {
        "target-1": "value=water",
        "constant-observed_on": DAY,
        "save_as": "走访",
    }
    [word] = re.findall(r'好的 →</span><select class="input grow" name="(word-2-\d)"', page)
    answer = client.post(f"/imports/{batch.pk}/columns/", form | {word: "不作读数"})
    assert answer.status_code == 302, re.findall(r'role="alert">(.*?)<', answer.content.decode())
    assert run_batch(batch.pk) == "applied", newest().failure
    assert sorted(held()) == [
        ("housing", "A", "2020-06-30", False),
        ("water", "pass", "2020-06-30", False),
    ]
    assert "读出 2 条读数" in client.get(f"/imports/{batch.pk}/").content.decode()
    upload(client, ("七月.csv", csv(rows[0], [NUMBER, "无保障", "D"])), dataset="readings")
    assert run_batch(newest().pk) == State.COLUMNS, "June's day is not July's"
    assert newest().failure["params"]["headings"] == "观测日期"
    assert "好的" not in json.dumps(newest().guess["columns"], ensure_ascii=False)


def test_a_mapping_takes_the_day_that_is_given_with_each_file(register, tmp_path):
    path = tmp_path / "走访.csv"
    path.write_bytes(csv(HEAD[:4], [NUMBER, "王秀英", "达标", "C"]))
    cli = CliRunner()
    [found] = json.loads(cli.invoke(import_file, ["readings", str(path), "--guess"]).stdout)
    assert found["missing"] == ["观测日期"]
    plan = found["plan"] | {"constants": {"observed_on": "{as_of}"}}
    (tmp_path / "m.json").write_text(json.dumps(plan))
    saved = cli.invoke(mappings, ["--save", "走访", "--file", str(tmp_path / "m.json")])
    assert saved.exit_code == 0, saved.output
    (tmp_path / "m.toml").write_text(cli.invoke(mappings, ["--export", "走访"]).stdout)
    Mapping.objects.using("owner").all().delete()
    asked = ["readings", str(path), "--mapping", str(tmp_path / "m.toml"), "--json", "--as-of"]
    done = cli.invoke(import_file, [*asked, "2020-06-30"])
    assert (done.exit_code, json.loads(done.stdout)["created"]) == (0, 2), done.output
    assert {day for _, _, day, _ in held()} == {"2020-06-30"}


def test_totals_and_repeated_headings_are_no_readings_and_files_compare(register):
    rows = [HEAD[:3], [NUMBER, "王秀英", "达标"], HEAD[:3], ["合计", "", "2"]]
    title = ["核查日期：2020-06-30"]
    first = send("readings", data=workbook(走访=([title, *rows], [])), dry_run=True)
    assert {(3 + 1, "", "heading_again"), (5, "", "total_row")} <= set(faults(first))
    assert counts(first) == (1, 0, 0, 0)
    rows[1][2] = "不达标"
    second = send("readings", data=workbook(走访=([title, *rows], [])), dry_run=True)
    found = compare(first, second)
    assert (found.changed, found.same) == (1, 0)
    assert found.examples[0].rows == (3, 3)


def test_a_second_column_of_the_same_indicator_is_asked_about_not_dropped(register):
    rows = [
        ["户编号", "饮水安全（2020年3月31日）", "饮水安全（2020年6月30日）"],
        [NUMBER, "是", "否"],
    ]
    batch = send("readings", data=workbook(走访=(rows, [])))
    assert batch.state == "columns"
    assert "6月30日" in str(batch.failure)


def test_the_household_is_found_by_its_head_s_number(register):
    rows = csv(["户主姓名", "户主身份证号", "饮水安全", "核查日期"], ["王秀英", WANG, "达标", DAY])
    batch = send("readings", data=rows)
    assert batch.state == "applied", (batch.failure, batch.guess)
    assert held() == [("water", "pass", "2020-06-30", False)]


def test_an_import_that_was_cut_off_goes_on_within_the_row(register, monkeypatch):
    monkeypatch.setattr(filling, "CHUNK_ROWS", 2)
    real, calls = staging.add, []

    def cut(*args):
        calls.append(1)
        if len(calls) == 2:
            raise OperationalError("gone")
        real(*args)

    monkeypatch.setattr(staging, "add", cut)
    rows = [HEAD, [NUMBER, "王秀英", "是", "B", "3", DAY], [OTHER, "赵强", "否", "A", "0", DAY]]
    with pytest.raises(OperationalError):
        send("readings", data=csv(*rows))
    batch = run(newest().pk)
    assert counts(batch) == (6, 0, 0, 0)
    assert batch.notes[-1]["params"] == {"rows": "2", "readings": "6", "blank": "0"}
