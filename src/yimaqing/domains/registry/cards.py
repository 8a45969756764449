"""What a household's code shows: the file in short for who may read it, a number to call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from yimaqing.domains.registry.codetables import label_of
from yimaqing.kit.cards import Card

FILE_PATH = "/households/{id}/?from=scan"

#: Sections of the file page, opened in place on the card; names as in the file's address.
SECTIONS = ("members", "living", "incomes", "measures", "payments", "results")


def prepare(data: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Slugs to words in the reader's language; changes as one line each."""
    english = language == "en"
    tables = {
        "register_class": "register_class",
        "group": "group",
        "poverty_status": "poverty_status",
        "main_cause": "cause",
    }
    words = {
        name: label_of(table, data[name], english=english) if data.get(name) else ""
        for name, table in tables.items()
    }
    changes = [{**change, "text": _change(change)} for change in data.get("changes") or []]
    titles = _section_titles()
    return {
        **data,
        **words,
        "team": data.get("team", ""),
        "changes": changes,
        "sections": [{"name": name, "title": titles[name]} for name in SECTIONS],
        "file_path": FILE_PATH,
    }


def _section_titles() -> dict[str, str]:
    return {
        "members": _("家庭成员"),
        "living": _("住房与生活"),
        "incomes": _("收入"),
        "measures": _("帮扶措施"),
        "payments": _("发放"),
        "results": _("成效"),
    }


def _change(change: Mapping[str, Any]) -> str:
    """登记 发放 3 条 · 更正 家庭成员：健康状况、务工区域."""
    subject = _subjects().get(change["subject"], _("其他"))
    if change["kind"] == "created":
        rows = change["rows"]
        if rows == 1:
            return _("登记：%(subject)s") % {"subject": subject}
        return ngettext("登记：%(subject)s %(n)s 条", "登记：%(subject)s %(n)s 条", rows) % {
            "subject": subject,
            "n": rows,
        }
    if change["kind"] == "removed":
        return _("移出：%(subject)s") % {"subject": subject}
    labels = _fields()
    fields = [labels[name] for name in change.get("fields") or [] if name in labels]
    if not fields:
        return _("更正：%(subject)s") % {"subject": subject}
    return _("更正：%(subject)s（%(fields)s）") % {
        "subject": subject,
        "fields": _("、").join(fields[:3]),
    }


def _subjects() -> dict[str, str]:
    return {
        "household": _("户基本情况"),
        "person": _("家庭成员"),
        "yearlyincome": _("收入"),
        "livingcondition": _("住房与生活"),
        "measure": _("帮扶措施"),
        "payment": _("发放"),
        "pairing": _("结对帮扶"),
        "reading": _("读数"),
    }


def _fields() -> dict[str, str]:
    """Columns that a worker looks for first; others are left out of the line."""
    return {
        "head_name": _("户主"),
        "member_count": _("家庭人口数"),
        "group": _("监测对象类型"),
        "poverty_status": _("脱贫状态"),
        "main_cause": _("主要致贫原因"),
        "address": _("住址"),
        "phone_sealed": _("联系电话"),
        "health": _("健康状况"),
        "labour_skill": _("劳动技能"),
        "student_status": _("在校生状况"),
        "education": _("文化程度"),
        "work_area": _("务工区域"),
        "work_months": _("务工月数"),
        "resident_medical": _("医保"),
        "minimum_living": _("低保"),
        "per_capita_fen": _("人均纯收入"),
        "net_fen": _("纯收入"),
        "house_grade": _("危房级别"),
        "dangerous_house": _("是否危房户"),
        "water_safe": _("饮水是否安全"),
        "water_difficult": _("是否饮水困难"),
        "amount_fen": _("金额"),
        "helper_name": _("帮扶责任人"),
        "ends_on": _("结束日期"),
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
        prepare=prepare,
    )
]
