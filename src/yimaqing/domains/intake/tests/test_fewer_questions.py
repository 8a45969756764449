"""What a clerk is not asked: what the sheet itself, its title or the upload says already.

李明 imports for 白文镇; 王秀英 and 李小军 are in the register.
"""

import pytest
from django.utils import translation

from yimaqing.domains.intake.tasks import run_batch
from yimaqing.domains.intake.tests.test_mapping import chosen, logged_in, newest, upload
from yimaqing.domains.registry.models import Payment
from yimaqing.domains.registry.tests.sheets import (
    BOY,
    HOUSEHOLD,
    PERSON,
    SON,
    WANG,
    faults,
    make_places,
    send,
)


@pytest.fixture
def ming(database):
    make_places()
    send("households", HOUSEHOLD)
    send("persons", PERSON, BOY)
    with translation.override("zh-hans"):
        yield logged_in()


def notes(batch):
    return {note["code"]: note["params"] for note in batch.notes}


AWAY = (
    "2020年务工人员台账,,,,,\n序号,姓名,身份证号,务工月数,村主任意见,备注\n"
    f"1,王秀英,{WANG},8,同意,\n2,李小军,{SON},3,同意,\n"
)


def test_a_column_that_nobody_keeps_holds_up_no_check(ming):
    upload(ming, ("务工.csv", AWAY.encode()), dataset="auto", mode="check")
    assert run_batch(newest().pk) == "checked", newest().failure
    assert newest().updated == 2
    assert "村主任意见" in notes(newest())["columns_left"]["headings"]
    page = ming.get(f"/imports/{newest().pk}/").content.decode()
    assert "这些列没有导入：序号、村主任意见、备注" in page
    assert "列认错了，重新核对" in page


def test_where_it_would_be_written_at_once_it_is_asked_about_once(ming):
    upload(ming, ("务工.csv", AWAY.encode()), dataset="auto", mode="apply")
    assert run_batch(newest().pk) == "columns"
    assert newest().failure == {"code": "columns_unsure", "params": {"headings": "村主任意见"}}
    page = ming.get(f"/imports/{newest().pk}/columns/").content.decode()
    ming.post(f"/imports/{newest().pk}/columns/", chosen(page))  # most are known: no more is asked
    assert run_batch(newest().pk) == "applied", newest().failure
    assert newest().updated == 2


PAID = (
    "临县2020年度耕地地力保护补贴资金发放花名表,,,\n发放日期：2020年6月30日,,,\n"
    "户主姓名,户主身份证号,补贴金额（元）,开户行\n"
    f"王秀英,{WANG},201,农商行\n合计,,201,\n"
    "所长：　会计：　出纳：,,,\n村主任签字：,,,\n白文镇乡村振兴办公室,,,\n2020年7月1日,,,\n"
)


def test_payments_are_numbered_by_what_they_say_and_who_signed_is_no_payment(ming):
    for outcome in ((1, 0), (0, 1)):
        upload(ming, ("补贴.csv", PAID.encode()), dataset="auto", mode="check")
        batch = newest()
        assert run_batch(batch.pk) == "checked", batch.failure
        assert notes(newest())["numbered"] == {"columns": "流水号"}
        ming.post(f"/imports/{batch.pk}/apply/")
        run_batch(batch.pk)
        assert (newest().created, newest().unchanged) == outcome, newest().state
        junk = [fault[2] for fault in faults(newest())]
        assert junk == ["total_row", *["note_row"] * 4]
    paid = Payment.objects.using("owner").get()
    assert (paid.fund, paid.amount_fen, str(paid.paid_on)) == (
        "耕地地力保护补贴",
        20_100,
        "2020-06-30",
    )


def test_a_saved_mapping_does_not_carry_one_title_s_fund_into_the_next(ming):
    first = PAID.replace("开户行", "经办意见").encode()
    upload(ming, ("补贴.csv", first), dataset="auto", mode="apply")
    assert run_batch(newest().pk) == "columns"
    page = ming.get(f"/imports/{newest().pk}/columns/").content.decode()
    form = chosen(page) | {
        "constant-fund": "耕地地力保护补贴",
        "constant-paid_on": "2020年6月30日",
        "constant-serial": "{row}",
        "save_as": "一卡通",
    }
    ming.post(f"/imports/{newest().pk}/columns/", form)
    assert run_batch(newest().pk) == "applied", newest().failure

    other = first.decode().replace("耕地地力保护补贴", "退耕还林补助").replace("6月30日", "7月31日")
    upload(ming, ("下月.csv", other.encode()), dataset="auto", mode="apply")
    assert run_batch(newest().pk) == "applied", newest().failure
    assert notes(newest())["mapping_used"] == {"name": "一卡通"}
    said = Payment.objects.using("owner").order_by("paid_on").values_list("fund", "paid_on")
    assert [(fund, str(day)) for fund, day in said] == [
        ("耕地地力保护补贴", "2020-06-30"),
        ("退耕还林补助", "2020-07-31"),
    ]
