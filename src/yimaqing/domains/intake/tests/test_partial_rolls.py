"""A list of some members of households that are known makes persons only, and is not held up."""

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.intake.models import Batch
from yimaqing.domains.registry.tests.sheets import (
    HOUSEHOLD,
    NUMBER,
    SON,
    WANG,
    faults,
    make_places,
    send,
)

WORKERS = (
    "户号,务工人员姓名,性别,身份证号,与户主关系,务工地点,务工月数,村编号\n"
    "{number},李小军,男," + SON + ",长子,省外,8,141124104201\n"
)


def test_workers_of_known_households_wait_for_nobody(database):
    make_places()
    send("households", HOUSEHOLD)
    by = make_user("township_officer", "141124104000")
    first = send("auto", data=WORKERS.format(number=NUMBER).encode(), by=by)
    assert first.dataset == "persons"
    assert not Batch.objects.using("owner").filter(waits_for=first.pk).exists()


def test_what_nobody_knows_is_named_when_columns_are_asked_about(database):
    make_places()
    send("households", HOUSEHOLD)
    rows = WORKERS.replace("村编号", "工种编码").format(number=NUMBER)
    asked = send("persons", data=rows.encode(), by=make_user("township_officer", "141124104000"))
    assert asked.failure == {"code": "columns_unsure", "params": {"headings": "工种编码"}}


def test_a_number_that_a_spreadsheet_cut_is_told_as_that_not_as_unknown(database):
    make_places()
    send("households", HOUSEHOLD)
    rows = (
        "户主身份证号,年度,住房面积（㎡）\n1.41124E+17,2019,80\n14112419580312002,2019,80\n"
        + "".join(f"{WANG},{year},80\n" for year in range(2012, 2016))
    )
    done = send("living_conditions", data=rows.encode())
    assert done.created == 4, (done.state, done.failure)
    assert {(f[0], f[2]) for f in faults(done)} == {(2, "scientific"), (3, "id_length")}
