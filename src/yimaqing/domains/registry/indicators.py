"""The indicators that readings are taken of, with the words or the range of their values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Indicator:
    """An indicator: code, label, whose reading it is, words or a numeric range with unit."""

    code: str
    label: Promise | str
    of_person: bool = False
    words: Mapping[str, Promise | str] = field(default_factory=dict)
    low: float = 0.0
    high: float = math.inf
    unit: Promise | str = ""
    places: int | None = None
    """Decimals that a number is always written with; None: as many as it has."""


_PASS: Mapping[str, Promise | str] = {"pass": _("达标"), "fail": _("未达标")}

INDICATORS: dict[str, Indicator] = {
    one.code: one
    for one in (
        Indicator("food", _("不愁吃"), words=_PASS),
        Indicator("clothing", _("不愁穿"), words=_PASS),
        Indicator(
            "education",
            _("义务教育"),
            of_person=True,
            words={
                "enrolled": _("在校就读"),
                "home_teaching": _("送教上门"),
                "deferred": _("经批准延缓入学或休学"),
                "out": _("失学辍学"),
            },
        ),
        Indicator(
            "medical",
            _("基本医疗"),
            of_person=True,
            words={
                "insured": _("已参保"),
                "exempt": _("合理未参保（新生儿、现役军人等）"),
                "uninsured": _("未参保"),
            },
        ),
        Indicator(
            "housing",
            _("住房安全"),
            words={
                "A": _("A 级安全"),
                "B": _("B 级安全"),
                "C": _("C 级局部危险"),
                "D": _("D 级整栋危险"),
                "rebuilt": _("危房已改造"),
                "moved": _("已易地搬迁入住"),
                "safe_elsewhere": _("另有安全住房并实际居住"),
            },
        ),
        Indicator("water", _("饮水安全"), words=_PASS),
        Indicator("water.quantity", _("饮水水量"), high=1000, unit=_("升/人·日")),
        Indicator("water.convenience", _("取水往返时间"), high=600, unit=_("分钟")),
        Indicator("water.guarantee", _("年缺水天数"), high=366, unit=_("天")),
        Indicator("water.quality", _("饮水水质"), words=_PASS),
        Indicator("income", _("人均纯收入"), low=-1e7, high=1e8, unit=_("元/年"), places=2),
    )
}

#: The seven of the source: two worries, three guarantees, drinking water, income.
SEVEN = ("food", "clothing", "education", "medical", "housing", "water", "income")


def value_in_words(indicator: str, value: Any) -> str:
    """Words where the indicator has them, else the number with its unit."""
    known = INDICATORS.get(indicator)
    if known is None or value in (None, ""):
        return "" if value is None else str(value)
    if known.words:
        return str(known.words.get(str(value), value))
    written = ",.10g" if known.places is None else f",.{known.places}f"
    return f"{float(value):{written}} {known.unit}".strip()
