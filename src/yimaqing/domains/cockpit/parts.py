"""The parts of a cockpit page: a figure with its words, an indicator, a place below."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yimaqing.analytics.measure import Measure
from yimaqing.domains.cockpit.queries import Figure, Spot

_VILLAGE_COMMITTEE = re.compile(r"村?(村民委员会|村委会)$")
_RESIDENTS_COMMITTEE = re.compile(r"(居民委员会|居委会)$")


@dataclass(frozen=True)
class Line:
    """A figure with its words and the address of the list behind it."""

    measure: Measure
    figure: Figure
    address: str
    change: str = ""

    @property
    def unit(self) -> str:
        """户 or 人."""
        if self.measure.weight == "people":
            return pgettext("unit", "人")
        return pgettext("unit", "户")

    @property
    def coverage(self) -> str:
        """已报 x / y 村."""
        return _("已报 %(reported)s / %(villages)s 村") % {
            "reported": f"{self.figure.reported:,}",
            "villages": f"{self.figure.villages:,}",
        }


@dataclass(frozen=True)
class IndicatorLine:
    """An indicator: households that fail, that pass, that have no reading."""

    code: str
    label: object
    fail: Line
    unknown: Line

    @property
    def passing(self) -> int:
        """Households with a reading that passes."""
        return self.fail.figure.known - self.fail.figure.value

    @property
    def shares(self) -> tuple[float, float, float]:
        """Fail, pass, no reading, as shares of all households."""
        total = self.fail.figure.known + self.unknown.figure.value or 1
        return (
            self.fail.figure.value / total,
            self.passing / total,
            self.unknown.figure.value / total,
        )


@dataclass(frozen=True)
class Below:
    """A place below, with its figure and its step on the scale."""

    spot: Spot
    figure: Figure
    step: int | None
    address: str
    length: float

    @property
    def short(self) -> str:
        """The name as people say it: 庞家庄村委会 → 庞家庄村, 宜家苑社区居委会 → 宜家苑社区."""
        name = _VILLAGE_COMMITTEE.sub("村", self.spot.name)
        return _RESIDENTS_COMMITTEE.sub("", name) or self.spot.name


@dataclass(frozen=True)
class Step:
    """A step of the legend: its number and the figures that it stands for."""

    number: int
    text: str
