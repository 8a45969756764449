"""What a household's code shows: the file in short for who may read it, a number to call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from yimaqing.domains.registry import counted
from yimaqing.domains.registry.codetables import label_of
from yimaqing.kit.cards import Card

LATEST = 3
FILE_PATH = "/households/{id}/?from=scan"

#: The fields of one of ``changes``, as the SQL function returns them, newest first.
_SUBJECT, _ID, _KIND, _DAY, _SOURCE, _CHANGED = range(6)

#: What stands in one line below the head, with its code table.
_TABLES = {
    "register_class": "register_class",
    "group": "group",
    "poverty_status": "poverty_status",
    "main_cause": "cause",
}
_OTHER = gettext_noop("其他")
_SUBJECTS = {
    "household": gettext_noop("户基本情况"),
    "person": gettext_noop("家庭成员"),
    "yearlyincome": gettext_noop("收入"),
    "livingcondition": gettext_noop("住房与生活"),
    "measure": gettext_noop("帮扶措施"),
    "payment": gettext_noop("发放"),
    "pairing": gettext_noop("结对帮扶"),
    "reading": gettext_noop("读数"),
}
#: Columns that a worker looks for first; others are left out of the line.
_NAMES = {
    "head_name": gettext_noop("户主"),
    "member_count": gettext_noop("家庭人口数"),
    "group": gettext_noop("监测对象类型"),
    "poverty_status": gettext_noop("脱贫状态"),
    "main_cause": gettext_noop("主要致贫原因"),
    "address": gettext_noop("住址"),
    "phone_sealed": gettext_noop("联系电话"),
    "health": gettext_noop("健康状况"),
    "labour_skill": gettext_noop("劳动技能"),
    "student_status": gettext_noop("在校生状况"),
    "education": gettext_noop("文化程度"),
    "work_area": gettext_noop("务工区域"),
    "work_months": gettext_noop("务工月数"),
    "resident_medical": gettext_noop("医保"),
    "minimum_living": gettext_noop("低保"),
    "per_capita_fen": gettext_noop("人均纯收入"),
    "net_fen": gettext_noop("纯收入"),
    "house_grade": gettext_noop("危房级别"),
    "dangerous_house": gettext_noop("是否危房户"),
    "water_safe": gettext_noop("饮水是否安全"),
    "water_difficult": gettext_noop("是否饮水困难"),
    "amount_fen": gettext_noop("金额"),
    "helper_name": gettext_noop("帮扶责任人"),
    "ends_on": gettext_noop("结束日期"),
}


def prepare(data: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Slugs to words in the reader's language; changes as one line each."""
    english = language == "en"
    words = (
        label_of(table, data[name], english=english)
        for name, table in _TABLES.items()
        if data.get(name)
    )
    changes = [
        {"on": group[0][_DAY], "source": group[0][_SOURCE], "text": _change(group, language)}
        for group in _latest(data.get("changes") or [])
    ]
    return {
        **data,
        "summary": " · ".join(words),
        "team": data.get("team", ""),
        "changes": changes,
        "file_path": FILE_PATH,
    }


def _latest(changes: Sequence[Sequence[Any]]) -> list[list[Sequence[Any]]]:
    """The three latest, newest first; what came together (an import) counts as one."""
    groups: dict[tuple[str, ...], list[Sequence[Any]]] = {}
    for change in changes:
        key = (change[_SUBJECT], change[_KIND], change[_DAY], change[_SOURCE])
        groups.setdefault(key, []).append(change)
    return list(groups.values())[:LATEST]


def _change(group: Sequence[Sequence[Any]], language: str) -> str:
    newest = group[0]
    rows = len({change[_ID] for change in group})
    fields = tuple(name for name in newest[_CHANGED] or () if name in _NAMES)[:LATEST]
    return _line(newest[_SUBJECT], newest[_KIND], rows, fields, language)


# The same few lines come again and again; the language is active and part of the key.
@lru_cache(maxsize=2048)
def _line(subject: str, kind: str, rows: int, fields: tuple[str, ...], _language: str) -> str:
    """登记：发放 3 条 · 更正：家庭成员（健康状况、务工区域）."""
    what = _(_SUBJECTS.get(subject, _OTHER))
    if kind == "created" and rows > 1:
        return _("登记：%(subject)s %(n)s 条") % {"subject": what, "n": rows}
    if kind == "created":
        return _("登记：%(subject)s") % {"subject": what}
    if kind == "removed":
        return _("移出：%(subject)s") % {"subject": what}
    if not fields:
        return _("更正：%(subject)s") % {"subject": what}
    return _("更正：%(subject)s（%(fields)s）") % {
        "subject": what,
        "fields": _("、").join(_(_NAMES[name]) for name in fields),
    }


cards = [
    Card(
        kind="household",
        label=gettext_lazy("户"),
        sql_function="registry_household_card",
        public_function="registry_household_public",
        limited_function="registry_household_name",
        template="registry/scan/household.jinja",
        public_template="codes/scan/stranger.jinja",
        subjects_sql=(
            "SELECT place_code, id FROM registry_household"
            " WHERE valid AND place_code >= %(low)s AND place_code < %(high)s"
        ),
        label_sql=(
            "SELECT place_code, id AS subject_id, head_name AS name, team, address"
            " FROM registry_household"
            " WHERE valid AND place_code >= %(low)s AND place_code < %(high)s"
        ),
        prepare=prepare,
    )
]

panels = counted.panels
