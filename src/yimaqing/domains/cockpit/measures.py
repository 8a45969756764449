"""The figures of the cockpit's first cut; other domains add theirs in their ``measures.py``."""

from __future__ import annotations

from typing import Any, Literal

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from yimaqing.analytics.measure import Measure, row

INDICATORS = {
    "food": _("不愁吃"),
    "clothing": _("不愁穿"),
    "education": _("义务教育"),
    "medical": _("基本医疗"),
    "housing": _("住房安全"),
    "water": _("饮水安全"),
    "income": _("收入"),
}
# Both meanings of 三类户: the words of 2020 and those in force since May 2021.
GROUPS = {
    "unlifted": _("未脱贫户"),
    "lifted_monitored": _("脱贫监测户"),
    "marginal": _("边缘户"),
    "unstable": _("脱贫不稳定户"),
    "marginal_at_risk": _("边缘易致贫户"),
    "sudden_hardship": _("突发严重困难户"),
}
CAUSES = {
    "illness": _("因病"),
    "disability": _("因残"),
    "schooling": _("因学"),
    "disaster": _("因灾"),
    "land": _("缺土地"),
    "water": _("缺水"),
    "skill": _("缺技术"),
    "labour": _("缺劳力"),
    "capital": _("缺资金"),
    "transport": _("交通条件落后"),
    "motivation": _("自身发展动力不足"),
    "other": _("其他"),
}
COLOURS: tuple[tuple[Literal["red", "orange", "yellow"], Any, Any], ...] = (
    ("red", _("红色预警户"), _("吃、穿、教育、医疗、住房、饮水至少一项不达标的户。")),
    ("orange", _("橙色预警户"), _("没有不达标项，但有较重风险情形的户。")),
    ("yellow", _("黄色预警户"), _("没有红色、橙色情形，但有需要留意的风险情形的户。")),
)
# A year and a quarter are what a check of the year and of the season would have met.
AGES: tuple[tuple[str, Any, Any], ...] = (
    ("month", _("30 天以内"), row.colour.notnull() & (row.warned_days <= 30)),
    ("quarter", _("31—90 天"), row.colour.notnull() & row.warned_days.between(31, 90)),
    ("year", _("91—365 天"), row.colour.notnull() & row.warned_days.between(91, 365)),
    ("longer", _("一年以上"), row.colour.notnull() & (row.warned_days > 365)),
)


def _group(code: str) -> Any:
    """Unlifted is a status, not one of the register's monitored groups."""
    if code == "unlifted":
        return row.poverty_status.isin(["unlifted", "returned"])
    return row["group"] == code


measures: list[Measure] = [
    Measure(
        "households", _("登记户"), _("快照时登记册内的有效户，含档外的边缘户和一般农户。"), "size"
    ),
    Measure("people", _("登记人口"), _("登记户的家庭人口数之和。"), "size", weight="people"),
    Measure(
        "archived",
        _("建档立卡户"),
        _("登记类别为建档立卡户的户。"),
        "size",
        holds=row.register_class == "archived",
    ),
    Measure(
        "archived.people",
        _("建档立卡人口"),
        _("建档立卡户的家庭人口数之和。"),
        "size",
        holds=row.register_class == "archived",
        weight="people",
    ),
    *(
        Measure(f"colour.{c}", label, says, "colour", holds=row.colour == c, colour=c)
        for c, label, says in COLOURS
    ),
    *(
        Measure(
            f"age.{code}",
            label,
            format_lazy(_("有预警的户，自最早一条预警所依据的观测日起{label}。"), label=label),
            "age",
            holds=holds,
            among=row.ages_known,
        )
        for code, label, holds in AGES
    ),
    Measure(
        "age.undated",
        _("没有观测日"),
        _("有预警的户，其预警只依据登记信息，没有观测日。"),
        "age",
        holds=row.colour.notnull() & row.warned_days.isnull(),
        among=row.ages_known,
    ),
    *(
        Measure(
            f"fail.{code}",
            format_lazy(_("{indicator}不达标户"), indicator=label),
            format_lazy(
                _("最近一次读数判定{indicator}不达标的户；没有可用读数的户不计入，另列。"),
                indicator=label,
            ),
            "indicator",
            holds=row[f"{code}_state"] == "fail",
            among=row[f"{code}_state"] != "unknown",
        )
        for code, label in INDICATORS.items()
    ),
    *(
        Measure(
            f"unknown.{code}",
            format_lazy(_("{indicator}没有可用读数的户"), indicator=label),
            format_lazy(_("快照时{indicator}没有读数，或读数已超过时效的户。"), indicator=label),
            "missing",
            holds=row[f"{code}_state"] == "unknown",
        )
        for code, label in INDICATORS.items()
    ),
    Measure(
        "group.any",
        _("三类户"),
        _("未脱贫（含返贫）的户，或列入监测对象类型的户。"),
        "size",
        holds=row.poverty_status.isin(["unlifted", "returned"])
        | row["group"].isin([code for code in GROUPS if code != "unlifted"]),
    ),
    *(
        Measure(
            f"group.{code}",
            label,
            format_lazy(_("登记为{group}的户。"), group=label),
            "group",
            holds=_group(code),
        )
        for code, label in GROUPS.items()
    ),
    *(
        Measure(
            f"cause.{code}",
            label,
            format_lazy(_("主要致贫原因登记为{cause}的户。"), cause=label),
            "cause",
            holds=row.main_cause == code,
            among=(row.main_cause != "") & row.main_cause.notnull(),
        )
        for code, label in CAUSES.items()
    ),
    Measure(
        "quality.missing",
        _("缺读数的户"),
        _("七项指标中至少一项从来没有读数的户。"),
        "quality",
        holds=row.missing_count > 0,
    ),
    Measure(
        "quality.contradictory",
        _("读数矛盾的户"),
        _("不同来源对同一指标说法不一的户；矛盾只产生核实任务，不改变状态。"),
        "quality",
        holds=row.contradiction_count > 0,
    ),
    Measure(
        "quality.stale",
        _("读数过期的户"),
        _("至少一项指标的最近读数已超过规定时效的户。"),
        "quality",
        holds=row.stale_count > 0,
    ),
]
