"""What the undos of the registry's datasets have in common."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _n

from yimaqing.kit.dataset import Hold, Message, Undo

NUMBER_OF = "(SELECT h.household_number FROM registry_household h WHERE h.id = t.household_id)"
WITHDRAWN = "SELECT count(*) FROM registry_reading WHERE batch_id = %(batch)s"
WITHDRAW = "DELETE FROM registry_reading WHERE batch_id = %(batch)s"
GOES = "u.outcome = 'created' AND NOT u.stays"
CHANGES = "u.outcome = 'updated' AND u.wanted <> '{}'"

MESSAGES = {
    "undo_changed": Message(_n("入库后又有人改过"), _n("保留现在的值；需要时在户档案中更正")),
    "undo_out_of_scope": Message(
        _n("现属您负责范围以外的地点 %(place)s"), _n("请由当地负责的单位办理")
    ),
    "undo_has_members": Message(
        _n("户内已有其他批次或人员登记的家庭成员"), _n("先撤销家庭成员的批次，再撤销本批次")
    ),
    "undo_has_facts": Message(
        _n("户内已有其他批次或人员登记的资料"), _n("先撤销那些批次，再撤销本批次；走访记录不能撤销")
    ),
    "undo_has_code": Message(_n("该户已发放二维码"), _n("先在码管理中停用该户的码，再撤销本批次")),
    "undo_has_todo": Message(_n("该户有未办结的待办"), _n("先办结这些待办，再撤销本批次")),
    "undo_has_work": Message(
        _n("已有人为该户办理过事项"), _n("保留该户；确属登记错误的，标为无效")
    ),
    "undo_has_helper": Message(_n("该户已指定给帮扶责任人"), _n("先取消指定，再撤销本批次")),
    "undo_person_has_facts": Message(
        _n("该成员已有其他来源的读数或发放"), _n("核实该成员是否在户；不在的标为自然减少")
    ),
    "undo_number_taken": Message(_n("原来的号码现属另一记录"), _n("核对两条记录；保留现在的号码")),
    "undo_home_gone": Message(_n("原来所在的户已不在册"), _n("成员留在现在的户；核实该户")),
    "undo_place_gone": Message(
        _n("原来的村编号 %(place)s 已停用"), _n("该户留在现在的村；核实后另行办理")
    ),
}


def created(kind: str) -> str:
    """What a batch created, by the history."""
    return (
        "SELECT subject_id AS id FROM registry_change WHERE batch_id = %(batch)s"
        f" AND subject_kind = '{kind}' AND kind = 'created'"
    )


def edited(kind: str) -> str:
    """What was changed by hand after the batch: rows that it wrote were locked until its end.

    Merging is such a change while it stands.
    """
    return (
        "SELECT c.subject_id AS id, e.key, e.value AS was, c.actor, c.at FROM registry_change c"
        f" JOIN intake_taken u ON u.id = c.subject_id, LATERAL jsonb_each(c.before) e"
        f" WHERE c.batch_id IS NULL AND c.subject_kind = '{kind}' AND c.kind <> 'created'"
        " AND jsonb_typeof(c.before) = 'object' AND (c.kind NOT IN ('merged', 'unmerged')"
        f" OR EXISTS (SELECT FROM registry_merge m WHERE m.kind = '{kind}'"
        " AND m.undone_at IS NULL AND c.subject_id IN (m.kept_id, m.lost_id)))"
        " AND c.id > (SELECT min(o.id) FROM registry_change o WHERE o.batch_id = %(batch)s)"
    )


def history(kind: str, removed: str = "'{}'::jsonb") -> str:
    """One row of history for each record that goes or gets old values back.

    Of one that goes ``removed`` is kept, an object over ``t``: what was sent by mistake about
    people shall not live on in the history; the file that it came in is kept.
    """
    household = "t.id" if kind == "household" else "t.household_id"
    return (
        "INSERT INTO registry_change (place_code, household_id, subject_kind, subject_id, kind,"
        f" at, actor, source, batch_id, before) SELECT t.place_code, {household}, '{kind}', t.id,"
        " CASE WHEN u.outcome = 'created' THEN 'removed' ELSE 'updated' END, now(), %(actor)s,"
        f" %(source)s, %(batch)s, CASE WHEN u.outcome = 'created' THEN {removed} ELSE u.gone END"
        f" FROM intake_taken u JOIN registry_{kind} t ON t.id = u.id"
        f" WHERE ({GOES}) OR ({CHANGES} AND u.gone IS NOT NULL) ORDER BY t.id"
    )


def locked(table: str) -> str:
    """Nobody adds to a household's file while rows of it go."""
    return (
        "SELECT h.id FROM registry_household h WHERE h.id IN (SELECT t.household_id"
        f" FROM {table} t JOIN intake_taken u ON u.id = t.id) ORDER BY h.id FOR UPDATE"
    )


# Where a row stood is its household; the household's place is as it is today.
AT_HOME = (
    "UPDATE intake_taken SET wanted = wanted - 'place_code' WHERE wanted ? 'place_code'",
    (
        "UPDATE intake_taken u SET wanted = u.wanted ||"
        " jsonb_build_object('place_code', h.place_code)"
        " FROM registry_household h WHERE u.wanted ? 'household_id'"
        " AND h.id = (u.wanted ->> 'household_id')::bigint"
    ),
)
HOME_GONE = Hold(
    "undo_home_gone",
    "SELECT u.id, ARRAY['household_id', 'place_code'] AS keys, '{}'::jsonb AS detail"
    " FROM intake_taken u WHERE u.wanted ? 'household_id' AND NOT u.wanted ? 'place_code'",
)


def of_household(
    kind: str,
    label: str,
    *,
    readings: bool = False,
    removed: str = "",
    together: tuple[str, ...] = (),
) -> Undo:
    """The undo of a dataset whose rows nothing else refers to."""
    table = f"registry_{kind}"
    return Undo(
        created=created(kind),
        edited=edited(kind),
        label=f"{NUMBER_OF} || ' · ' || {label}",
        lock=(locked(table),),
        prepare=AT_HOME,
        together=together,
        holds=(HOME_GONE,),
        before=(
            history(kind, removed or "'{}'::jsonb"),
            *((WITHDRAW,) if readings else ()),
        ),
        notes={"readings": WITHDRAWN} if readings else {},
    )
