"""A clerk's own sheets: laid out by nobody's template, read, asked about, remembered.

李明 imports for 白文镇. 王秀英's household is in the register; her village is known by name too.
"""

import io
import json
import re

import openpyxl
import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.intake.commands import import_file
from yimaqing.domains.intake.mapping.commands import mappings
from yimaqing.domains.intake.models import Batch, Mapping
from yimaqing.domains.intake.tasks import run_batch
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.models import Household, Person, YearlyIncome
from yimaqing.domains.registry.tests.sheets import (
    BAIWEN,
    HOUSEHOLD,
    NUMBER,
    SON,
    WANG,
    YAOTOU,
    faults,
    id_number,
    make_places,
    send,
)

OTHER = "86141124000456"
ZHAO = id_number("19660303", 21)


@pytest.fixture
def register(database):
    make_places()
    with translation.override("zh-hans"):
        send("households", HOUSEHOLD)
        yield


def workbook(**sheets):
    """A workbook of sheets: rows, and ranges to merge."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, (rows, merges) in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for merge in merges:
            sheet.merge_cells(merge)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


ROLL = [
    ["白文村农户花名册（2020年）"],
    ["填报单位：白文村委会", None, None, "单位：元"],
    ["序号", "户编号", "家庭成员", None, None, None, "健康状况"],
    [None, None, "姓名", "与户主关系", "性别", "身份证号", None],
    [1, NUMBER, "王秀英", "户主", "女", WANG, "慢性病"],
    [2, None, "李小军", "长子", "男", SON, "良好"],
    ["合计", None, 2],
    ["填表人：李明"],
]
ROLL_MERGES = ["A1:G1", "A3:A4", "B3:B4", "C3:F3", "G3:G4", "B5:B6"]


def test_a_village_roll_is_read_as_its_clerk_laid_it_out(register):
    data = workbook(花名册=(ROLL, ROLL_MERGES))
    batch = send("persons", data=data)
    assert (batch.state, batch.created, batch.rejected) == ("applied", 2, 0), batch.failure
    people = Person.objects.using("owner").order_by("born_on")
    assert [(p.name, p.sex, p.relation, p.health) for p in people] == [
        ("王秀英", "female", "head", "chronic"),
        ("李小军", "male", "son", "healthy"),
    ]
    told = {note["code"] for note in batch.notes}
    assert {"heading_at", "filled_down", "values_read", "columns_left"} <= told
    assert (7, "", "total_row") in faults(batch)
    assert (8, "", "note_row") in faults(batch)


def test_cells_merged_downwards_never_reach_beyond_their_range(register):
    rows = [*ROLL[:6], [3, None, "赵强", "户主", "男", ZHAO, "健康"]]
    batch = send("persons", data=workbook(花名册=(rows, ROLL_MERGES)))
    assert (7, "household_number", "required") in faults(batch)
    assert batch.created == 2


def test_a_village_is_found_by_its_name_within_the_sender_s_area(register):
    Place.objects.using("owner").create(code="141102100201", name="白文村", level=5, kind="village")
    rows = (
        "户号,行政村,户主姓名,户主身份证号,家庭人口,农户类型\n"
        f"{OTHER},曜头村,赵强,{ZHAO},3,一般户\n86141124000789,白文,李四,,2,脱贫户\n"
    )
    mine = send("households", data=rows.encode(), by=make_user("township_officer", "141124104000"))
    assert mine.state == "applied", mine.failure
    held = Household.objects.using("owner")
    assert held.get(household_number=OTHER).place_code == YAOTOU
    assert held.get(household_number="86141124000789").place_code == BAIWEN
    everywhere = send("households", data=rows.replace("李四", "李五").encode())
    [error] = everywhere.errors.using("owner").filter(code="found_several")
    assert error.row == 3
    assert "临县白文镇白文村 141124104201" in error.params["candidates"]
    assert "141102100201" in error.params["candidates"]


def test_a_household_is_found_by_the_number_of_its_head(register):
    rows = (
        "户主姓名,户主身份证号,年份,工资性,经营性收入,财产性,转移性,经营性支出,总收入,家庭纯收入,"
        "计算人口,口径,人均纯收入(万元)\n"
        f"王秀英,{WANG},2019,6000,4000,0,2000,1000,12000,11000,2,户籍人口,0.55\n"
        f"赵强,{ZHAO},2019,1,1,1,1,1,4,3,1,户籍人口,0.0003\n"
    )
    batch = send("incomes", data=rows.encode())
    assert batch.state == "applied", (batch.state, batch.failure, batch.guess)
    assert batch.created == 1
    income = YearlyIncome.objects.using("owner").get()
    household = Household.objects.using("owner").get(pk=income.household_id)
    assert (household.household_number, income.per_capita_fen) == (NUMBER, 550_000)
    assert (3, "household_number", "found_none") in faults(batch)
    assert [f for f in faults(batch) if f[2] == "required"] == []
    assert {
        "code": "unit",
        "params": {"heading": "人均纯收入(万元)", "factor": "10000"},
    } in batch.notes


UNCLEAR = f"编码,谁,号码,什么人,男女\n{NUMBER},王秀英,{WANG},户主,女\n".encode()


def logged_in():
    client = Client()
    client.force_login(make_user("township_officer", "141124104000", username="liming"))
    return client


def upload(client, *files, **fields):
    fields = {"dataset": "persons", "mode": "apply", "as_of": "2020-08-19"} | fields
    sent = [SimpleUploadedFile(name, data) for name, data in files]
    page = client.post("/imports/new/", fields | {"file": sent}, follow=True)
    assert page.status_code == 200, page.content.decode()


def newest():
    return Batch.objects.using("owner").latest("pk")


def chosen(page, **targets):
    """The form of the columns page as its browser would send it, some columns changed."""
    form = {}
    for name, body in re.findall(
        r'<select class="input w-full" name="(target-\d+)"(.*?)</select>', page, re.DOTALL
    ):
        picked = re.search(r'<option value="([^"]*)" selected', body)
        form[name] = picked[1] if picked else ""
    return form | {f"target-{at}": target for at, target in targets.items()}


def test_unclear_columns_are_asked_about_and_remembered(register):
    client = logged_in()
    upload(client, ("谁.csv", UNCLEAR))
    assert run_batch(newest().pk) == "columns"
    page = client.get(f"/imports/{newest().pk}/columns/").content.decode()
    assert "核对各列" in page
    assert "谁" in page
    assert WANG not in page, "samples are masked"
    kept = json.dumps(newest().guess, ensure_ascii=False)
    assert not {WANG, "王秀英"} & set(re.findall(r"[\w*]+", kept)), "nobody is named in it"
    form = chosen(page) | {
        f"target-{at}": t
        for at, t in enumerate(["household_number", "name", "id_number", "relation", ""])
    }
    answer = client.post(f"/imports/{newest().pk}/columns/", form)
    assert answer.status_code == 422
    assert "缺少新增必填的列：性别" in answer.content.decode()
    form |= {"target-4": "sex", "save_as": "谁是谁"}
    client.post(f"/imports/{newest().pk}/columns/", form)
    assert run_batch(newest().pk) == "applied"
    assert Person.objects.using("owner").get().name == "王秀英"
    upload(client, ("又一份.csv", UNCLEAR.replace("王秀英".encode(), "王秀莲".encode())))
    assert run_batch(newest().pk) == "applied"
    assert newest().notes[0] == {"code": "mapping_used", "params": {"name": "谁是谁"}}
    assert "按保存的“谁是谁”读" in client.get(f"/imports/{newest().pk}/").content.decode()
    other = Client()
    other.force_login(make_user("township_officer", "141102000000"))
    upload(other, ("离石.csv", UNCLEAR))
    assert run_batch(newest().pk) == "columns", "a mapping of one township is not the others'"


def test_only_the_sender_says_which_column_is_which(register):
    client = logged_in()
    upload(client, ("谁.csv", UNCLEAR))
    assert run_batch(newest().pk) == "columns"
    county = Client()
    county.force_login(make_user("county_officer", "141124000000"))
    assert county.get(f"/imports/{newest().pk}/columns/").status_code in (403, 404)
    village = Client()
    village.force_login(make_user("village_worker", BAIWEN))
    assert village.get(f"/imports/{newest().pk}/columns/").status_code == 403


def test_the_terminal_guesses_and_takes_a_mapping(register, tmp_path):
    path = tmp_path / "谁.csv"
    path.write_bytes(UNCLEAR)
    run = CliRunner()
    said = run.invoke(import_file, ["persons", str(path)])
    assert said.exit_code == 2
    assert "--guess" in said.stdout
    [guess] = json.loads(run.invoke(import_file, ["persons", str(path), "--guess"]).stdout)
    by_heading = {c["heading"]: c for c in guess["columns"]}
    assert by_heading["号码"]["targets"] == ["id_number"]
    plan = guess["plan"]
    targets = dict(
        zip(
            ["编码", "谁", "号码", "什么人", "男女"],
            ["household_number", "name", "id_number", "relation", "sex"],
            strict=True,
        )
    )
    plan["columns"] = [{"heading": h, "target": t} for h, t in targets.items()]
    (tmp_path / "m.json").write_text(json.dumps(plan))
    saved = run.invoke(mappings, ["--save", "谁", "--file", str(tmp_path / "m.json")])
    assert saved.exit_code == 0, saved.output
    toml = tmp_path / "m.toml"
    toml.write_text(run.invoke(mappings, ["--export", "谁"]).stdout)
    Mapping.objects.using("owner").all().delete()
    done = run.invoke(
        import_file,
        ["persons", str(path), "--mapping", str(toml), "--as-of", "2020-08-19", "--json"],
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["created"] == 1
    wrong = run.invoke(import_file, ["persons", str(path), "--mapping", "没有"])
    assert wrong.exit_code == 2
    assert "没有保存过“没有”" in wrong.output


def test_each_sheet_of_a_workbook_is_a_batch_and_waits_for_what_it_needs(database):
    make_places()
    households = [
        ["户编号", "村编号", "户主姓名", "登记类别", "家庭人口数"],
        [OTHER, YAOTOU, "赵强", "一般农户", 1],
    ]
    persons = [
        ["户编号", "姓名", "性别", "证件号码", "与户主关系"],
        [OTHER, "赵强", "男", ZHAO, "户主"],
    ]
    data = workbook(成员=(persons, []), 户=(households, []), 说明=([["这是说明"]], []))
    first = send("auto", data=data, dry_run=True)
    assert (first.dataset, first.sheet, first.state) == ("households", "户", "checked")
    assert {"code": "other_sheets", "params": {"sheets": "说明"}} in first.notes
    second = newest()
    assert (second.dataset, second.sheet, second.waits_for) == ("persons", "成员", first.pk)
    assert run_batch(second.pk) == "received", "the households are not in the register yet"
    done = send("auto", data=data)
    assert done.state == "applied"
    assert run_batch(newest().pk) == "applied"
    assert Person.objects.using("owner").get().name == "赵强"


def test_one_roll_makes_households_and_persons(database):
    make_places()
    rows = [
        ["户编号", "村编号", "户类型", "姓名", "性别", "身份证号", "与户主关系"],
        [NUMBER, BAIWEN, "脱贫户", "李小军", "男", SON, "长子"],
        [None, None, None, "王秀英", "女", WANG, "户主"],
        [OTHER, YAOTOU, "一般户", "赵强", "男", ZHAO, "户主"],
    ]
    data = workbook(人口=(rows, ["A2:A3", "B2:B3", "C2:C3"]))
    client = Client()
    client.force_login(make_user("township_officer", "141124104000"))
    upload(client, ("人口.xlsx", data), dataset="auto")
    batch = newest()
    assert run_batch(batch.pk) == "applied", "villages and classes are in the sheet: nothing to ask"
    batch.refresh_from_db(using="owner")
    assert batch.dataset == "households"
    assert {"code": "folded", "params": {"heading": "户编号"}} in batch.notes
    held = Household.objects.using("owner").order_by("household_number")
    assert [(h.head_name, h.member_count, h.register_class) for h in held] == [
        ("王秀英", 2, "archived"),
        ("赵强", 1, "ordinary"),
    ]
    assert run_batch(newest().pk) == "applied", newest().guess
    assert Person.objects.using("owner").count() == 3
