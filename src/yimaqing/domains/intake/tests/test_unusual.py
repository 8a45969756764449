"""Numbers that are called like the register's, but are somebody else's."""

from yimaqing.domains.intake.mapping.guess import guess

HEADINGS = ["人员编号", "户编号", "姓名", "性别", "身份证号", "与户主关系", "参保状态"]
ROW = ["86141124000123", "王秀英", "女", "141199197502140029", "户主", "正常参保"]


def taken_as(number, heading="人员编号"):
    rows = [[number, *ROW], [number, *ROW]]
    found = guess([heading, *HEADINGS[1:]], rows, only="persons")
    return {source.heading: source.target for source in found.plan.columns}.get(heading)


def test_an_insurer_s_number_is_not_taken_for_the_register_s(database):
    assert taken_as("1411240012345") is None
    assert taken_as("8614112400012301") == "person_number"


def test_the_register_s_own_heading_is_taken_whatever_stands_below_it(database):
    assert taken_as("1411240012345", "人编号") == "person_number", "the row says what is wrong"
