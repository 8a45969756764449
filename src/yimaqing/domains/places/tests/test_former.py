"""Entering what former codes became, from a file.

Cast: 白文村 (141124104201) of 临县, which had the code 142326 before Lüliang was a city.
"""

import json

import pytest
from click.testing import CliRunner

from yimaqing.domains.audit.models import Entry
from yimaqing.domains.places.commands import places
from yimaqing.domains.places.models import Place, Recode

OLD, NEW = "142326104201", "141124104201"
HEADER = "old_code,new_code,on,kind\n"


@pytest.fixture
def send(database, tmp_path):
    for code, name, level, kind in (
        ("141124000000", "临县", 3, "county"),
        (NEW, "白文村", 5, "village"),
        ("141124104202", "曜头村", 5, "village"),
    ):
        Place.objects.using("owner").create(code=code, name=name, level=level, kind=kind)

    def run(rows, *options, header=HEADER, encoding="utf-8"):
        path = tmp_path / "former.csv"
        path.write_bytes((header + rows).encode(encoding))
        return CliRunner().invoke(places, ["former", str(path), *options])

    return run


def entered():
    return list(Recode.objects.order_by("old_code").values_list("old_code", "new_code", "reason"))


def test_former_codes_are_entered_once_however_often_they_are_sent(send):
    rows = f"{OLD},{NEW},2004-01-01,更码\n142326000000,141124000000,2004-01-01,撤地设市\n"
    assert json.loads(send(rows, "--json").stdout) == {"created": 2, "unchanged": 0}
    assert json.loads(send(rows, "--json").stdout) == {"created": 0, "unchanged": 2}
    assert entered() == [
        ("142326000000", "141124000000", "撤地设市"),
        (OLD, NEW, "更码"),
    ]
    trace = Entry.objects.using("owner").filter(action="places.former_codes_loaded")
    assert [(one.after or {})["created"] for one in trace.order_by("pk")] == [2, 0]


def test_a_code_may_have_become_one_that_is_former_too(send):
    older = f"142300104201,{OLD},1971-05-01,更码\n{OLD},{NEW},2004-01-01,更码\n"
    assert send(older).exit_code == 0
    assert len(entered()) == 2


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ("14232610420,141124104201,2004-01-01,x", "old_code", "12 位"),
        ("142326104201,临县,2004-01-01,x", "new_code", "12 位"),
        (f"{NEW},141124104202,2004-01-01,x", "old_code", "仍是现行代码"),
        (f"{OLD},141124104999,2004-01-01,x", "new_code", "不在区划表中"),
        (f"{OLD},{OLD},2004-01-01,x", "new_code", "与旧代码相同"),
        (f"{OLD},141124000000,2004-01-01,x", "new_code", "不是同一级"),
        (f"{OLD},{NEW},2004-02-30,x", "on", "不是有效日期"),
        (f"{OLD},{NEW},2999-01-01,x", "on", "将来"),
        (f"{OLD},{NEW},2004-01-01,", "reason", "依据"),
        ("142326104209,141124104202,2004-01-01,x", "new_code", "已记为 141124104201"),
    ],
)
def test_a_faulty_row_is_named_and_none_is_entered(send, row, column, said):
    good = f"142326104209,{NEW},2004-01-01,更码\n"
    done = send(good + row)
    assert done.exit_code == 2
    [line] = done.stderr.splitlines()
    assert line.startswith(f"第 3 行 {column}: ")
    assert said in line
    assert entered() == []


def test_a_file_that_is_no_such_table_is_refused(send):
    assert "old_code" in send("", header="旧代码,新代码\n").stderr
    assert "没有数据行" in send("").stderr
    assert "UTF-8" in send(f"{OLD},{NEW},2004-01-01,更码\n", encoding="gb18030").stderr
