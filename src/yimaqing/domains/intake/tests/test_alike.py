"""Several villages send the same sheet in a layout that nobody knows: it is settled once.

李明 imports for 白文镇; 王秀英's household is in the register.
"""

import re

import pytest
from django.utils import translation

from yimaqing.domains.intake.discarding import discard
from yimaqing.domains.intake.mapping import deciding
from yimaqing.domains.intake.mapping.alike import alike, carry_on
from yimaqing.domains.intake.models import Batch, Mapping
from yimaqing.domains.intake.tasks import MOST_TRIES, run_batch
from yimaqing.domains.intake.tests.test_mapping import (
    UNCLEAR,
    chosen,
    logged_in,
    newest,
    upload,
    workbook,
)
from yimaqing.domains.registry.models import Household, Person, YearlyIncome
from yimaqing.domains.registry.tests.sheets import (
    BAIWEN,
    HOUSEHOLD,
    NUMBER,
    OTHER,
    YAOTOU,
    id_number,
    make_places,
    send,
)

ZHAO = id_number("19660303", 21)
THIRD = "86141124000789"
TARGETS = ["household_number", "name", "id_number", "relation", "sex"]
SECOND = f"编码,谁,号码,什么人,男女\n{OTHER},赵强,{ZHAO},户主,男性\n".encode()


@pytest.fixture
def clerk(database):
    make_places()
    send("households", HOUSEHOLD, HOUSEHOLD | {"户编号": OTHER, "户主证件号": ZHAO})
    with translation.override("zh-hans"):
        yield logged_in()


def waiting(client, *files, **fields):
    """Batches of files that were sent and run."""
    before = set(Batch.objects.using("owner").values_list("pk", flat=True))
    for file in files:
        upload(client, file, **fields)
        run_batch(newest().pk)
    return list(Batch.objects.using("owner").exclude(pk__in=before).order_by("pk"))


def settle(client, batch, name, **form):
    """The columns of one are told, and kept under a name; the page that says so."""
    targets = {f"target-{at}": target for at, target in enumerate(TARGETS)}
    address = f"/imports/{batch.pk}/columns/"
    return client.post(address, {**targets, "save_as": name, **form}, follow=True).content.decode()


def state(batch):
    return Batch.objects.using("owner").get(pk=batch.pk).state


def test_what_is_settled_for_one_file_reaches_those_that_wait(clerk):
    first, second, other = waiting(
        clerk, ("甲村.csv", UNCLEAR), ("乙村.csv", SECOND), ("丙.csv", b"x,y,z\n1,2,3\n")
    )
    assert [first.state, second.state, other.state] == ["columns"] * 3
    shown = clerk.get(f"/imports/{first.pk}/columns/").content.decode()
    assert "另有 1 个同版式的文件也在等核对" in shown
    assert "同版式的另外 1 个文件也按它读入。" in settle(clerk, first, "谁是谁")
    assert [run_batch(one.pk) for one in (first, second, other)] == ["applied"] * 2 + ["columns"]
    people = Person.objects.using("owner").order_by("born_on")
    assert [(p.name, p.sex) for p in people] == [("赵强", "male"), ("王秀英", "female")]
    second.refresh_from_db(using="owner")
    assert second.notes[0] == {"code": "mapping_used", "params": {"name": "谁是谁"}}
    assert Mapping.objects.using("owner").get().used == 1


def test_without_a_name_nothing_but_the_file_itself_goes_on(clerk):
    first, second = waiting(clerk, ("甲村.csv", UNCLEAR), ("乙村.csv", SECOND))
    settle(clerk, first, "")
    assert (state(first), state(second)) == ("received", "columns")


def test_the_files_of_others_and_other_kinds_of_data_wait_on(clerk):
    [theirs] = [send("persons", data=SECOND)]
    [first] = waiting(clerk, ("甲村.csv", UNCLEAR))
    [incomes] = waiting(clerk, ("收入.csv", SECOND), dataset="incomes")
    settle(clerk, first, "谁是谁")
    assert [state(theirs), state(incomes)] == ["columns", "columns"]


VILLAGE_ROLL = "户号,户主,身份证,类别,口数\n{number},{head},{id},一般户,1\n"


def test_a_file_that_lacks_its_village_is_asked_about_that_alone(clerk):
    files = [
        (f"{head}.csv", VILLAGE_ROLL.format(number=number, head=head, id=one).encode())
        for number, head, one in ((THIRD, "赵大", ""), ("86141124000790", "钱二", ""))
    ]
    first, second = waiting(clerk, *files, dataset="households")
    assert (first.state, second.state) == ("columns", "columns"), (first.failure, second.failure)
    page = clerk.get(f"/imports/{first.pk}/columns/").content.decode()
    form = chosen(page) | {
        "target-0": "household_number",
        "target-1": "head_name",
        "target-2": "head_id_number",
        "target-3": "register_class",
        "target-4": "member_count",
    }
    said = settle(clerk, first, "村花名册", **form, **{"constant-place_code": YAOTOU})
    assert "还要逐个补上：村编号。" in said
    assert run_batch(first.pk) == "applied", newest().failure
    assert run_batch(second.pk) == "columns", "whose village it is no mapping says"
    second.refresh_from_db(using="owner")
    assert second.failure["params"] == {"headings": "村编号"}
    shown = clerk.get(f"/imports/{second.pk}/columns/").content.decode()
    form = chosen(shown)
    assert list(form.values()) == [
        *("household_number", "head_name", "head_id_number", "register_class", "member_count")
    ]
    clerk.post(f"/imports/{second.pk}/columns/", form | {"constant-place_code": BAIWEN})
    assert run_batch(second.pk) == "applied"
    held = {h.head_name: h.place_code for h in Household.objects.using("owner").all()}
    assert (held["赵大"], held["钱二"]) == (YAOTOU, BAIWEN)


def test_one_that_was_given_up_or_settled_meanwhile_is_left(clerk):
    first, second, third = waiting(
        clerk, ("甲村.csv", UNCLEAR), ("乙村.csv", SECOND), ("丙村.csv", SECOND)
    )
    numbers = alike(first, using="owner")
    assert numbers == [second.pk, third.pk]
    discard(batch=second, by=None)
    settle(clerk, third, "")
    settle(clerk, first, "谁是谁")
    saved, by = Mapping.objects.using("owner").get(), None
    done = carry_on(numbers=numbers, saved=saved, by=by, using="owner")
    assert (done.settled, done.asked, done.missing) == ([], [], [])
    assert (state(second), state(third)) == ("unusable", "received")


def test_one_that_is_guessed_while_the_mapping_is_saved_goes_on_too(clerk, monkeypatch):
    [first] = waiting(clerk, ("甲村.csv", UNCLEAR))
    upload(clerk, ("乙村.csv", SECOND))
    second, guessed = newest(), deciding.guessed

    def slowly(*args):
        monkeypatch.undo()
        settle(clerk, first, "谁是谁")
        return guessed(*args)

    monkeypatch.setattr(deciding, "guessed", slowly)
    assert run_batch(second.pk) == "applied"
    assert Mapping.objects.using("owner").get().used == 1


def test_of_two_mappings_of_one_layout_the_one_saved_last_counts(clerk):
    [wrong] = waiting(clerk, ("甲村.csv", UNCLEAR))
    settle(clerk, wrong, "一", **{"target-4": ""} | {"constant-sex": "女"})
    [asked] = waiting(clerk, ("乙村.csv", SECOND), mode="check")
    assert asked.state == "checked", asked.failure
    again = clerk.post(f"/imports/{asked.pk}/columns/again/", follow=True)
    assert again.status_code == 200
    assert run_batch(newest().pk) == "columns"
    settle(clerk, newest(), "二")
    [next_one] = waiting(clerk, ("丙村.csv", SECOND))
    assert next_one.notes[0] == {"code": "mapping_used", "params": {"name": "二"}}


INCOMES = [
    [
        *("户号", "工资性", "经营性收入", "财产性", "转移性", "经营性支出"),
        *("总收入", "家庭纯收入", "计算人口", "口径", "人均"),
    ],
]


def incomes(year, unit, per_capita):
    rows = [[NUMBER, 0.6, 0.4, 0, 0.2, 0.1, 1.2, 1.1, 2, "户籍人口", per_capita]]
    if unit == "元":
        rows = [[NUMBER, 6000, 4000, 0, 2000, 1000, 12000, 11000, 2, "户籍人口", per_capita]]
    return workbook(
        表=([[f"{year}年农户收入表"], [f"单位：{unit}"], *INCOMES, *rows], ["A1:K1", "A2:K2"])
    )


def test_a_saved_mapping_keeps_neither_the_year_nor_the_unit_of_its_first_sheet(clerk):
    upload(clerk, ("2019.xlsx", incomes(2019, "万元", 0.55)), dataset="incomes")
    first = newest()
    if run_batch(first.pk) == "columns":
        first.refresh_from_db(using="owner")
    page = clerk.get(f"/imports/{first.pk}/columns/").content.decode()
    form = chosen(page)
    form |= {"target-10": "per_capita", "constant-year": "2019", "save_as": "收入"}
    clerk.post(f"/imports/{first.pk}/columns/", form)
    assert run_batch(first.pk) == "applied", Batch.objects.using("owner").get(pk=first.pk).failure
    [second] = waiting(clerk, ("2020.xlsx", incomes(2020, "元", 5500)), dataset="incomes")
    assert second.notes[0] == {"code": "mapping_used", "params": {"name": "收入"}}, second.failure
    told = YearlyIncome.objects.using("owner").order_by("year")
    assert [(one.year, one.per_capita_fen) for one in told] == [(2019, 550_000), (2020, 550_000)]


def roll(title, number, head):
    rows = [["户号", "户主", "身份证", "口数"], [number, head, "", 1]]
    return workbook(表=([[title], *rows], ["A1:D1"]))


def test_a_saved_mapping_does_not_say_of_the_next_sheet_what_the_title_of_its_first_said(clerk):
    first, poor, untold = waiting(
        clerk,
        ("一.xlsx", roll("建档立卡户花名册", THIRD, "赵大")),
        ("二.xlsx", roll("边缘户花名册", "86141124000790", "钱二")),
        ("三.xlsx", roll("花名册", "86141124000791", "孙三")),
        dataset="households",
    )
    names = ("household_number", "head_name", "head_id_number", "member_count", "")
    targets = {f"target-{at}": target for at, target in enumerate(names)}
    place = {"constant-place_code": YAOTOU}
    settle(clerk, first, "花名册", **targets, **place, **{"constant-register_class": "建档立卡户"})
    assert [run_batch(one.pk) for one in (first, poor, untold)] == ["applied", "columns", "columns"]
    asked = []
    for one in (poor, untold):
        page = clerk.get(f"/imports/{one.pk}/columns/").content.decode()
        one.refresh_from_db(using="owner")
        asked.append((one.failure or {})["params"]["headings"])
        shown = dict(re.findall(r'name="(constant-\w+)" value="([^"]*)"', page))
        clerk.post(f"/imports/{one.pk}/columns/", chosen(page) | shown | place)
    assert asked == ["村编号", "村编号、登记类别"], "what no title says is asked"
    assert run_batch(poor.pk) == "applied"
    held = {h.head_name: h.register_class for h in Household.objects.using("owner").all()}
    assert (held["赵大"], held["钱二"]) == ("archived", "marginal")


def test_a_file_that_is_asked_about_again_and_again_is_not_taken_for_one_that_kills(clerk):
    [first] = waiting(clerk, ("甲村.csv", UNCLEAR))
    for at in range(2 * MOST_TRIES):
        name = ("persons", "households")[at % 2]
        clerk.post(f"/imports/{first.pk}/columns/dataset/", {"dataset": name})
        assert run_batch(first.pk) == "columns", newest().failure
