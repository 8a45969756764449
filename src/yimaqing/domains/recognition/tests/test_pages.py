"""The pages of recognition: the overview, the list, one procedure, its forms on paper, the file.

Cast: 王秀英's household in 白文村; 王工 of the village, 赵镇 of the township, 周县 of the county;
李工 of the next village; 赵老师 of the education bureau, who sees no warnings.
"""

import pypdfium2
import pytest
from click.testing import CliRunner
from django.core.exceptions import PermissionDenied

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.monitoring.actions import evaluate_household
from yimaqing.domains.recognition import actions
from yimaqing.domains.recognition.actions import NotNow
from yimaqing.domains.recognition.commands import check
from yimaqing.domains.recognition.factories import make_procedure
from yimaqing.domains.recognition.loading import OWN, SHIPPED, BadProcedureSet, in_force, load
from yimaqing.domains.recognition.machine import State
from yimaqing.domains.recognition.models import Procedure
from yimaqing.domains.recognition.tests.cast import (
    COUNTY,
    YAOTOU,
    acting,
    ago,
    browser,
    group_of,
    make_places,
    officers,
    wang,
)
from yimaqing.domains.registry.factories import add_reading
from yimaqing.kit.rowscope import Scope, scoped


@pytest.fixture
def cast(database):
    make_places()
    return officers()


def text_of(pdf):
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]
    return "".join("".join(pages).split())


def test_a_household_applies_and_the_worker_goes_on_from_its_file(cast):
    home, worker = wang(), browser(cast.village)
    assert "登记线索" in worker.get(f"/households/{home.pk}/").content.decode()
    said = {"way": "self", "clue": "丈夫受伤", "risks": ["accident"], "on": str(ago(1))}
    for _sent_twice in range(2):
        answer = worker.post(f"/recognition/new/{home.pk}/", said)
    held = Procedure.objects.using("owner").get()
    assert answer["Location"] == f"/recognition/{held.pk}/"
    assert (held.way, held.state, held.risks) == ("self", "verifying", ["accident"])
    page = worker.get(f"/recognition/{held.pk}/").content.decode()
    assert "请先登记农户签字的承诺授权" in page
    assert "王**" in page
    assert "王秀英" not in page
    refused = worker.post(f"/recognition/{held.pk}/verify/", {"on": str(ago(0))})
    assert refused.status_code == 422
    assert "待入户核实" in worker.get(f"/households/{home.pk}/").content.decode()


def test_warnings_are_a_clue_that_somebody_takes_up(cast):
    home = wang()
    add_reading(home, "housing", "D")
    with scoped(Scope.everything()):
        evaluate_household(household_id=home.pk, place_code=home.place_code)
    worker = browser(cast.village)
    assert "把预警作为线索" in worker.get(f"/households/{home.pk}/").content.decode()
    worker.post(f"/recognition/from-warning/{home.pk}/")
    held = Procedure.objects.using("owner").get()
    assert (held.way, held.state, len(held.warning_ids) > 0) == ("department", "clue", True)
    worker.post(f"/recognition/{held.pk}/accept/", {"on": str(ago(0))})
    held.refresh_from_db()
    assert held.state == "verifying"


def test_what_a_departments_list_says_is_a_clue_too_and_a_return_keeps_the_group(cast):
    home, worker = wang(), browser(cast.village)
    said = {"way": "department", "clue": "住建名单：住房鉴定为 C 级", "on": str(ago(0))}
    worker.post(f"/recognition/new/{home.pk}/", said)
    held = Procedure.objects.using("owner").get()
    assert (held.way, held.state) == ("department", "clue")
    home = wang()
    held = make_procedure(household_id=home.pk, until=State.TOWNSHIP, by=cast, begun=ago(20))
    Procedure.objects.using("owner").filter(pk=held.pk).update(group="sudden_hardship")
    acting(cast.township, actions.return_back, procedure=held, on=ago(0), words="补材料")
    page = worker.get(f"/recognition/{held.pk}/verify/").content.decode()
    assert '<option value="sudden_hardship" selected>' in page


def test_the_county_adopts_on_a_page_of_its_own(cast):
    home = wang(group="unstable")
    address = f"/recognition/adopt/{home.pk}/"
    assert browser(cast.township).get(address).status_code == 403
    county = browser(cast.county)
    assert county.post(address, {"words": "名单"}).status_code == 422
    said = {"words": "全国系统名单", "risks": ["illness"], "recognised_on": str(ago(400))}
    for _sent_twice in range(2):
        answer = county.post(address, said)
    held = Procedure.objects.using("owner").get()
    assert (answer["Location"], held.way) == (f"/recognition/{held.pk}/", "list")


def test_each_sees_what_is_his_to_do(cast):
    home = wang()
    held = make_procedure(household_id=home.pk, until=State.TOWNSHIP, by=cast, begun=ago(20))
    address = f"/recognition/{held.pk}/"
    assert "pass/" in browser(cast.township).get(address).content.decode()
    for other in (cast.village, cast.county):
        page = browser(other).get(address).content.decode()
        assert f"{address}pass/" not in page
        assert browser(other).get(f"{address}pass/").status_code == 403
    assert browser(make_user("village_worker", YAOTOU)).get(address).status_code == 404
    teacher = make_user("department_officer", COUNTY, department="education")
    assert browser(teacher).get(address).status_code == 403


def test_an_objection_that_waits_is_the_first_thing_to_answer(cast):
    held = make_procedure(household_id=wang().pk, until=State.ANNOUNCED, by=cast, begun=ago(8))
    worker = browser(cast.village)
    said = {"on": str(ago(0)), "words": "他家在县城有房"}
    worker.post(f"/recognition/{held.pk}/object/", said)
    primary = worker.get(f"/recognition/{held.pk}/").content.decode().partition("button-primary")[2]
    assert primary.partition("</a>")[0].endswith("答复异议")


def test_whose_turn_has_passed_is_told_so_and_not_that_he_may_not(cast):
    held = make_procedure(household_id=wang().pk, until=State.TOWNSHIP, by=cast, begun=ago(20))
    clerk, address = browser(cast.township), f"/recognition/{held.pk}/refuse/"
    assert clerk.get(address).status_code == 200
    acting(cast.township, actions.pass_on, procedure=held, on=ago(0), words="同意")
    late = clerk.post(address, {"on": str(ago(0)), "words": "不同意"}, follow=True)
    assert "可能已由他人办理" in late.content.decode()
    assert browser(cast.village).get(address).status_code == 403
    held.refresh_from_db(using="owner")
    assert held.state == "county"


def test_the_township_passes_many_with_one_reason_all_or_none(cast):
    ready = [
        make_procedure(household_id=wang().pk, until=State.TOWNSHIP, by=cast, begun=ago(20))
        for _ in range(2)
    ]
    early = make_procedure(household_id=wang().pk, until=State.APPRAISING, by=cast, begun=ago(9))
    clerk = browser(cast.township)
    clerk.post(
        "/lists/procedures/do/pass/",
        {"id": [held.pk for held in (*ready, early)], "reason": "同意"},
    )
    states = Procedure.objects.using("owner").order_by("pk").values_list("state", flat=True)
    assert list(states) == ["township", "township", "appraising"]
    clerk.post("/lists/procedures/do/pass/", {"id": [h.pk for h in ready], "reason": "同意"})
    assert list(states.all()) == ["county", "county", "appraising"]
    with pytest.raises(PermissionDenied):
        acting(
            cast.village,
            actions.step_many,
            ids=[h.pk for h in ready],
            state=State.COUNTY,
            reason="同意",
        )
    acting(
        cast.county,
        actions.step_many,
        ids=[h.pk for h in ready],
        state=State.COUNTY,
        reason="同意纳入",
    )
    assert {group_of_id(h.household_id) for h in ready} == {"unstable"}


def group_of_id(number):
    class Home:
        pk = number

    return group_of(Home)


def test_the_overview_counts_and_its_lists_agree(cast):
    make_procedure(household_id=wang().pk, until=State.VERIFYING, by=cast, begun=ago(20))
    make_procedure(household_id=wang().pk, until=State.VERIFYING, by=cast, begun=ago(0))
    clerk = browser(cast.township)
    page = clerk.get("/recognition/").content.decode()
    assert "正在办理 2 件" in page
    assert "逾期 1 件" in page
    late = clerk.get("/lists/procedures/?f.step=verifying&f.overdue=yes").content.decode()
    assert late.count("/recognition/") - late.count('href="/recognition/"') == 1
    assert (
        "正在办理 0 件"
        in browser(make_user("village_worker", YAOTOU)).get("/recognition/").content.decode()
    )


def test_forms_are_printed_and_the_trail_knows(cast):
    home = wang(address="前东旺坪33号")
    held = make_procedure(household_id=home.pk, until=State.ANNOUNCED, by=cast, begun=ago(8))
    worker = browser(cast.village)
    said = {
        "application": "近半年收入明显减少",
        "authorisation": "授权有关部门查询",
        "verification": "医疗支出大",
        "minutes": "到会人数21",
        "notice": "户主：王秀英",
    }
    for form, words in said.items():
        answer = worker.post(f"/recognition/{held.pk}/print/{form}/")
        assert answer["Content-Type"] == "application/pdf"
        text = text_of(answer.content)
        assert words in text
        assert "141199" not in text
        assert (cast.village.username in text) == (form != "notice")
    assert worker.post(f"/recognition/{held.pk}/print/approval/").status_code == 404
    printed = Entry.objects.using("owner").filter(action="recognition.form_printed")
    assert printed.count() == len(said)
    assert browser(cast.village).get(f"/recognition/{held.pk}/print/notice/").status_code == 405


def test_a_countys_own_file_stands_in_for_the_shipped_one(cast, settings):
    shipped = SHIPPED.read_text(encoding="utf-8")
    own = settings.HOME / OWN
    own.write_text(shipped.replace("more_than = 0.5", "more_than = 0.66"), encoding="utf-8")
    assert (in_force().more_than, load(SHIPPED).more_than) == (0.66, 0.5)
    held = make_procedure(household_id=wang().pk, until=State.APPRAISING, by=cast, begun=ago(5))
    counts = {"present": 20, "in_favour": 13, "against": 7}
    acting(cast.village, actions.appraise, procedure=held, on=ago(0), **counts)
    with pytest.raises(NotNow):
        acting(cast.village, actions.publish, procedure=held, on=ago(0), posted_at="村口")


def test_what_is_wrong_with_a_file_is_named(tmp_path):
    path = tmp_path / "procedures.toml"
    text = SHIPPED.read_text(encoding="utf-8")
    text = text.replace("more_than = 0.5", 'more_than = "一半"')
    text = text.replace('state = "county"\nround = "removal"', 'state = "town"\nround = "removal"')
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadProcedureSet) as told:
        load(path)
    for wanted in (
        "[appraisal] more_than",
        "“town”不可用",
        '缺少 state = "county"、round = "removal"',
    ):
        assert wanted in str(told.value)
    done = CliRunner().invoke(check, [str(path)])
    assert (done.exit_code, "“town”不可用" in done.output) == (2, True)
    assert CliRunner().invoke(check, [str(SHIPPED)]).exit_code == 0
