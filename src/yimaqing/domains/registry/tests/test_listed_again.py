"""A list that comes again, and people who leave: a row means whom it names now.

Cast: 赵强's office in 临县 sends the list of 医保自付; 王秀英 of 白文村, her namesake in 曜头村.
"""

from django.db import connections

from yimaqing.analytics.linking import Link
from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.intake.undo.requests import undo_batch
from yimaqing.domains.intake.undo.running import run_undo
from yimaqing.domains.registry.linkage.choosing import choice, choose
from yimaqing.domains.registry.linkage.listing import _keep, link_new_rows
from yimaqing.domains.registry.linkage.verdicts import Found, Verdict
from yimaqing.domains.registry.models import Person
from yimaqing.domains.registry.tests.sheets import counts, id_number, send
from yimaqing.domains.registry.tests.test_listed import (
    ROW,
    linked,
    listed,
    namesake,
    todos,
    unsure,
    wang,
)
from yimaqing.domains.work.models import Todo
from yimaqing.kit.rowscope import scoped

__all__ = ["namesake", "wang"]


def test_a_row_that_names_somebody_else_now_is_compared_anew_and_so_is_what_was_decided(
    wang, namesake
):
    linked(ROW | {"姓名": "慕容雪", "出生日期": "1999-09-09"})
    assert listed().state == "nobody"
    corrected = linked(ROW)
    assert (listed().state, listed().person_id) == ("matched", wang.pk)
    run_undo(undo_batch(batch=corrected, reason="错", by=None, dry_run=False, using="owner").pk)
    link_new_rows()
    row = listed()
    assert (row.name, row.state, row.person_id, row.household_id) == (
        "慕容雪",
        "nobody",
        None,
        None,
    )
    asked = ROW | {"出生日期": "", "村编号": "141124104000", "流水号": "YB20200000002"}
    linked(asked)
    assert todos().count() == 1
    linked(asked | {"出生日期": "1980-09-01"})
    assert (listed("YB20200000002").state, todos().count()) == ("matched", 0)
    assert Todo.objects.using("owner").get(kind="registry.listed").reason == "名单已更正"
    assert listed("YB20200000002").person_id == namesake.pk
    decided = listed("YB20200000002")
    decided.state, decided.decided_by = "chosen", 1
    decided.save(using="owner")
    linked(asked | {"出生日期": "1980-09-01", "性别": "男"})
    assert listed("YB20200000002").decided_by == 1, "a sex does not undo what was decided"
    linked(asked | {"姓名": "慕容雪", "出生日期": "1999-09-09"})
    row = listed("YB20200000002")
    assert (row.state, row.decided_by, row.person_id) == ("nobody", None, None)
    assert row.place_code == "141124104000"


def test_who_has_left_the_register_keeps_nobody_from_saying_none(wang, namesake):
    row = unsure()
    Person.objects.using("owner").filter(pk=namesake.pk).update(valid=False)
    officer = make_user("township_officer", "141124104000")
    with scoped(scope_of(officer)):
        assert choice(row).hidden == 0
        choose(row=row, person_id=None, note="外地人", by=officer)
    assert listed().state == "none"


def test_who_leaves_while_rows_are_compared_is_not_kept(wang):
    send("medical_bills", ROW)
    verdict = Found(Verdict.MATCHED, (Link(listed().pk, wang.pk, 0.99, {}),))
    Person.objects.using("owner").filter(pk=wang.pk).update(valid=False)
    with connections["owner"].cursor() as cursor:
        _keep(cursor, {listed().pk: verdict})
    assert (listed().state, listed().household_id) == ("new", None)


def test_no_serial_holds_somebodys_number(wang):
    card = id_number() + "43"
    for serial in (card, id_number(), f"2020-141{id_number()}"):
        batch = send("medical_bills", ROW | {"流水号": serial})
        [fault] = batch.errors.using("owner")
        assert (fault.code, fault.value[1:].strip("*")) == ("serial_is_id", "")
    made = id_number("20200731", region="141124")
    assert counts(linked(ROW | {"流水号": made})) == (1, 0, 0, 0), "a county, a day and a count"
