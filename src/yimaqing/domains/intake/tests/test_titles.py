"""What stands above a table says which data it is, and values that no column has."""

from yimaqing.domains.intake.mapping.guess import guess
from yimaqing.domains.intake.mapping.titles import constants_from

TITLES = [
    "临县2020年度耕地地力保护补贴资金发放花名表",
    "发放单位：财政所",
    "发放日期：2020年6月30日",
]
HEADINGS = ["序号", "村名", "户主姓名", "身份证号码", "补贴面积（亩）", "补贴金额（元）", "开户行"]
RECORDS = [["1", "白文村", "王秀英", "141199195803120021", "3", "201", "农商行"]] * 20


def test_a_list_of_subsidies_names_its_fund_and_day_in_the_title():
    found = guess(HEADINGS, RECORDS, TITLES)
    assert found.plan.dataset == "payments"
    said = {"fund": "耕地地力保护补贴", "paid_on": "2020年6月30日"}
    assert found.plan.constants == said | {"serial": "{row}"}
    assert found.missing == []


def test_a_title_never_speaks_where_a_column_does_nor_in_words_that_are_no_value():
    assert "paid_on" not in constants_from("payments", TITLES, {"paid_on"})
    assert "paid_on" not in constants_from("payments", ["发放日期：月底"], set())
    assert constants_from("incomes", ["2020年收入"], set()) == {"year": "2020"}
    counted = ["2020年收入（核算口径：常住人口）"]
    assert constants_from("incomes", counted, set())["divisor_basis"] == "常住人口"
