"""The household's file on paper: the page's rights and masks, who printed it, many pages."""

import datetime as dt

import pypdfium2
import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yimaqing.domains.audit.models import Entry
from yimaqing.domains.monitoring.models import Warning
from yimaqing.domains.registry.factories import add_person, add_reading
from yimaqing.domains.registry.models import Measure, Payment
from yimaqing.domains.registry.tests.card_village import build
from yimaqing.ui.paper.flow import Flow


@pytest.fixture
def village(database):
    return build()


def printing(user, household, **asked):
    client = Client()
    client.force_login(user)
    return client.post(f"/households/{household.pk}/print/", {"purpose": "visit", **asked})


def pages_of(pdf):
    """The text of each page, without spaces."""
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]
    return ["".join(said.split()) for said in pages]


def test_a_worker_prints_the_file_marked_with_name_time_and_purpose(village):
    worker = village.users["worker"]
    answer = printing(worker, village.poor)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "private, no-store"
    (said,) = pages_of(answer.content)
    for wanted in ("王**", "刘**", "配偶", village.poor.household_number, "李干部", "第1页"):
        assert wanted in said
    # Above, and three times across the page.
    assert said.count(f"王工（{worker.username}）") == 4
    assert said.count("事由：入户核实") == 4
    for hidden in ("秀英", "建国", "141199", "演示"):
        assert hidden not in said
    entry = Entry.objects.using("owner").get(action="registry.file_printed")
    assert (entry.user_id, entry.purpose) == (worker.pk, "visit")


def test_it_says_why_or_it_is_not_printed(village):
    assert printing(village.users["worker"], village.poor, purpose="other").status_code == 422
    assert printing(village.users["worker"], village.poor, purpose="").status_code == 422
    assert not Entry.objects.using("owner").filter(action="registry.file_printed").exists()
    answer = printing(village.users["worker"], village.poor, purpose="other", note="村民代表会议")
    assert "事由：村民代表会议" in pages_of(answer.content)[0]


def test_a_department_prints_no_more_than_its_page_shows(village):
    Payment.objects.using("owner").create(
        place_code=village.poor.place_code,
        household_id=village.poor.pk,
        serial="1",
        fund="产业奖补",
        paid_on=dt.date(2020, 3, 1),
        amount_fen=123_456,
    )
    everything = pages_of(printing(village.users["worker"], village.poor).content)[0]
    department = pages_of(printing(village.users["department"], village.poor).content)[0]
    assert "1,234.56" in everything
    assert "因病" in everything
    assert "刘**" in department
    for hidden in ("1,234.56", "因病", "产业奖补", "收入", "读数"):
        assert hidden not in department


def test_warnings_are_printed_for_who_may_read_them(village):
    Warning.objects.using("owner").create(
        place_code=village.poor.place_code,
        household_id=village.poor.pk,
        rule_code="water_unsafe",
        indicator="water",
        scheme="danfeng-2020",
        colour="red",
        colour_rank=1,
        ruleset_version="2020",
        text_zh="饮水不安全",
        text_en="Drinking water is not safe",
        since=dt.date(2020, 3, 2),
        act_by=dt.date(2020, 3, 20),
    )
    (said,) = pages_of(printing(village.users["worker"], village.poor).content)
    assert "2020年3月2日红色饮水不安全未解除" in said
    (said,) = pages_of(printing(village.users["department"], village.poor).content)
    assert "饮水不安全" not in said


@pytest.mark.parametrize("who", ["neighbour", "property"])
def test_who_may_not_open_it_does_not_print_it(village, who):
    answer = printing(village.users[who], village.poor)
    assert answer.status_code in {403, 404}
    assert not Entry.objects.using("owner").filter(action="registry.file_printed").exists()


def test_a_large_household_runs_over_pages_and_loses_nothing(village, settings):
    settings.DEMO = True
    for number in range(40):
        name = "欧阳" + "诺敏格日勒" * 3 + str(number)
        person = add_person(village.poor, name=name, relation="grandchild")
        add_reading(village.poor, "education", "enrolled", None, person.pk)
    for number in range(120):
        Measure.objects.using("owner").create(
            place_code=village.poor.place_code,
            household_id=village.poor.pk,
            number=str(number),
            year=2020,
            measure_group="industry",
            name=f"第{number}项" + "特色种植与光伏扶贫电站收益分配" * 4,
            responsible_unit="县乡村振兴局产业发展股",
        )
    pages = pages_of(printing(village.users["worker"], village.poor).content)
    assert len(pages) > 4
    assert all("演示数据" in said and "事由：入户核实" in said for said in pages)
    whole = "".join(pages)
    assert all(f"第{number}项" in whole for number in range(120))
    assert whole.count("欧" + "*" * 17) + whole.count("欧" + "*" * 18) >= 40
    assert pages[-1].count(f"第{len(pages)}页") == 1


def test_the_household_sees_that_its_file_was_printed(village):
    printing(village.users["worker"], village.poor)
    client = Client()
    client.force_login(village.users["worker"])
    assert "打印户档案" in client.get(f"/households/{village.poor.pk}/").content.decode()


CELL = st.text("户民乡镇村组沟坪梁峁 abc-09，。", max_size=60)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=20))
def test_no_cell_of_a_table_is_lost_whatever_stands_in_it(rows):
    with Flow("t", "x") as paper:
        paper.table(["甲", "乙", "丙"], rows)
    said = "".join(pages_of(paper.content))
    for row in rows:
        for cell in row:
            letters = set("".join(cell.split()))
            plain = {c for c in letters if "一" <= c <= "龥"}
            assert plain <= set(said)
