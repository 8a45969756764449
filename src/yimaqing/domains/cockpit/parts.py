"""The parts of a cockpit page: a figure with its words, an indicator, a place below."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yimaqing.analytics.measure import Measure
from yimaqing.domains.cockpit.models import Target
from yimaqing.domains.cockpit.queries import Figure, Spot

_VILLAGE_COMMITTEE = re.compile(r"村?(村民委员会|村委会)$")
_RESIDENTS_COMMITTEE = re.compile(r"(居民委员会|居委会)$")


@dataclass(frozen=True)
class Aim:
    """A target beside its figure: the target in words, and how far it is."""

    text: str
    day: str
    distance: str
    met: bool
    document: str


def aim_of(target: Target, figure: Figure, as_of: dt.date) -> Aim:
    """How a figure stands to its target on the day that the figure holds for."""
    bound = {"most": "≤", "least": "≥"}[target.bound]
    missing = figure.value - target.value if target.bound == "most" else target.value - figure.value
    text = _("目标 %(bound)s %(value)s") % {"bound": bound, "value": f"{target.value:,}"}
    this_year = target.due_on.year == as_of.year
    day = date_format(target.due_on, _("n月j日") if this_year else "DATE_FORMAT")
    if missing <= 0:
        return Aim(text, day, _("已达到"), True, target.document)
    late = _("逾期，差 %(n)s") if target.due_on < as_of else _("差 %(n)s")
    return Aim(text, day, late % {"n": f"{missing:,}"}, False, target.document)


@dataclass(frozen=True)
class Line:
    """A figure with its words and the address of the list behind it."""

    measure: Measure
    figure: Figure
    address: str
    change: str = ""
    target: Aim | None = None
    length: float = 0.0
    """Of its bar: 1 for the largest figure of its list."""
    apart: bool = False
    """Whether other villages report it than report households at all."""

    @property
    def unit(self) -> str:
        """户 or 人."""
        if self.measure.weight == "people":
            return pgettext("unit", "人")
        return pgettext("unit", "户")

    @property
    def people(self) -> int:
        """The members of the households counted; 0 where the figure counts people itself, or all.

        Beside all registered households stands a figure of their people already.
        """
        beside = self.measure.weight == "people" or self.measure.code == "households"
        return 0 if beside else self.figure.people

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
    households: int
    """All of the place: the whole bar."""

    @property
    def shares(self) -> tuple[float, float]:
        """Lengths of the bar's parts: households that fail, and that have no reading."""
        whole = self.households or 1
        return self.fail.figure.value / whole, self.unknown.figure.value / whole


@dataclass(frozen=True)
class Below:
    """A place below, with its figure and its step on the scale."""

    spot: Spot
    figure: Figure
    step: int | None
    address: str
    length: float
    shown: str
    """The figure as the map, its legend and the ranking write it."""

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


def change_text(value: int, code: str, earlier: tuple[dt.date, dict[str, int]] | None) -> str:
    """How a figure has moved since the evaluation before; empty where there was none."""
    if earlier is None:
        return ""
    day, before = earlier
    difference = value - before[code]
    sign = "+" if difference > 0 else "−" if difference < 0 else "±"
    return _("较%(day)s %(change)s") % {
        "day": date_format(day, _("n月j日")),
        "change": f"{sign}{abs(difference):,}",
    }
