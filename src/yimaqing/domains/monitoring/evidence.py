"""What a doubt rests on, in words: the facts that ``checks`` wrote as text, told to a reader."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from yimaqing.domains.registry.queries import label_of

Label = str | Promise


@dataclass(frozen=True)
class Said:
    """Facts of one member, or of the household (``person_id`` None), in words."""

    person_id: int | None
    words: str


def evidence_of(facts: str) -> list[Said]:
    """The facts of a doubt in the reader's language, member by member."""
    return list(_parts(facts))


def _parts(facts: str) -> Iterator[Said]:
    for part in facts.split(";"):
        who, colon, rest = part.partition(":")
        is_member = bool(colon) and who.isdigit()
        told = [_told(one) for one in (rest if is_member else part).split(",")]
        yield Said(int(who) if is_member else None, _("，").join(told))


def _told(fact: str) -> str:
    name, _equals, value = fact.partition("=")
    label, say = FACTS.get(name, (name, str))
    return _("%(label)s：%(value)s") % {
        "label": label,
        "value": say(value) if value else _("未登记"),
    }


def _of_table(table: str) -> Callable[[str], str]:
    def say(slug: str) -> str:
        return label_of(table, slug, english=(get_language() or "").startswith("en"))

    return say


def _yes_no(value: str) -> str:
    return _("是") if value == "true" else _("否")


def _outcome(value: str) -> str:
    return _("达标") if value == "pass" else _("未达标")


def _birthday(value: str) -> str:
    born, today = dt.date.fromisoformat(value), timezone.localdate()
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return _("%(day)s（%(years)s 岁）") % {
        "day": date_format(born, "DATE_FORMAT"),
        "years": years,
    }


def _yuan(value: str) -> str:
    return _("%(yuan)s 元") % {"yuan": f"{int(value) / 100:,.2f}"}


def _mu(value: str) -> str:
    return _("%(mu)s 亩") % {"mu": f"{int(value) / 100:,.10g}"}


#: What each fact is called, and how its value is said.
FACTS: dict[str, tuple[Label, Callable[[str], str]]] = {
    **{
        name: (label, _of_table(name))
        for name, label in {
            "sex": _l("性别"),
            "relation": _l("与户主关系"),
            "ethnicity": _l("民族"),
            "health": _l("健康状况"),
            "student_status": _l("在校生状况"),
            "labour_skill": _l("劳动技能"),
            "work_area": _l("务工区域"),
            "group": _l("三类户类型"),
            "poverty_status": _l("脱贫状态"),
            "register_class": _l("登记类别"),
            "attribute": _l("贫困户属性"),
            "house_grade": _l("危房级别"),
        }.items()
    },
    "main_cause": (_l("主要致贫原因"), _of_table("cause")),
    "return_cause": (_l("返贫原因"), _of_table("cause")),
    "born_on": (_l("出生日期"), _birthday),
    "work_months": (_l("务工月数"), str),
    "resident_medical": (_l("参加居民医保"), _yes_no),
    "employee_medical": (_l("参加职工医保"), _yes_no),
    "major_illness_insurance": (_l("参加大病保险"), _yes_no),
    "dangerous_house": (_l("登记为危房户"), _yes_no),
    "water_safe": (_l("登记饮水安全"), _yes_no),
    "water_difficult": (_l("登记饮水困难"), _yes_no),
    "education": (_l("义务教育读数"), _outcome),
    "housing": (_l("住房读数"), _outcome),
    "water": (_l("饮水读数"), _outcome),
    "recognised_year": (_l("识别年度"), str),
    "exit_year": (_l("脱贫年度"), str),
    "income_year": (_l("最近的收入年度"), str),
    "living_year": (_l("最近的生活条件年度"), str),
    "measures": (_l("帮扶措施数"), str),
    "social_measures": (_l("其中综合保障"), str),
    "school_measures": (_l("当年教育措施数"), str),
    "members": (_l("成员数"), str),
    "wage_fen": (_l("工资性收入"), _yuan),
    "arable_mu": (_l("耕地面积"), _mu),
    "forest_mu": (_l("林地面积"), _mu),
}
