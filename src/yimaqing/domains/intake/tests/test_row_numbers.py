"""Rows whose sheet numbers nothing get a number of their own: of what they say, not of the line."""

import json

import pytest
from click.testing import CliRunner
from django.utils import translation

from yimaqing.domains.intake.commands import import_file
from yimaqing.domains.registry.models import Household, Payment
from yimaqing.domains.registry.tests.sheets import HOUSEHOLD, NUMBER, WANG, make_places, send

ROLL = {
    "dataset": "payments",
    "columns": [
        {"heading": "编号", "target": "household_number"},
        {"heading": "身份证号码", "target": "payee"},
        {"heading": "金额", "target": "amount"},
        {"heading": "发放日期", "target": "paid_on"},
    ],
    "constants": {"fund": "光伏扶贫补贴", "serial": "GF-{row}"},
}
OTHER = "86141124000456"


@pytest.fixture
def sent(database, tmp_path):
    make_places()
    with translation.override("zh-hans"):
        send("households", HOUSEHOLD, HOUSEHOLD | {"户编号": OTHER, "户主证件号": ""})
    mapping = tmp_path / "roll.json"
    mapping.write_text(json.dumps(ROLL))

    def file_of(name, *rows):
        path = tmp_path / name
        path.write_text("\n".join(["编号,身份证号码,金额,发放日期", *rows]))
        asked = ["payments", str(path), "--mapping", str(mapping), "--json"]
        said = json.loads(CliRunner().invoke(import_file, asked).stdout)
        return said["created"], said["updated"], said["unchanged"], said["rejected"]

    return file_of


def held():
    numbers = dict(Household.objects.using("owner").values_list("id", "household_number"))
    paid = Payment.objects.using("owner").all()
    return sorted((numbers[p.household_id], p.amount_fen, str(p.paid_on)) for p in paid)


def test_the_next_village_s_sheet_writes_over_nothing_of_this_one_s(sent):
    assert sent("一村.csv", f"{NUMBER},{WANG},1200,2020-07-15") == (1, 0, 0, 0)
    assert sent("二村.csv", f"{OTHER},,1200,2020-07-15") == (1, 0, 0, 0)
    july, other = (NUMBER, 120_000, "2020-07-15"), (OTHER, 120_000, "2020-07-15")
    assert held() == [july, other]
    assert sent("八月.csv", f"{NUMBER},{WANG},1200,2020-08-15") == (1, 0, 0, 0)
    assert held() == [july, (NUMBER, 120_000, "2020-08-15"), other]


def test_the_same_row_comes_again_as_itself_on_another_line_and_written_otherwise(sent):
    assert sent("一村.csv", f"{NUMBER},{WANG},1200,2020-07-15") == (1, 0, 0, 0)
    again = sent("改.csv", f"{OTHER},,80,2020-07-15", f'{NUMBER},\'{WANG},"1,200.00",2020.7.15')
    assert again == (1, 0, 1, 0)
    assert len(held()) == 2
