"""Two years of a household side by side."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.registry.indicators import SEVEN, value_in_words
from yimaqing.domains.registry.models import Reading
from yimaqing.domains.registry.queries.file import HouseholdFile

_INCOME = (
    ("wage_fen", _("工资性收入")),
    ("operating_fen", _("生产经营性收入")),
    ("property_fen", _("财产性收入")),
    ("transfer_fen", _("转移性收入")),
    ("operating_cost_fen", _("生产经营性支出")),
    ("net_fen", _("纯收入")),
    ("per_capita_fen", _("人均纯收入")),
)
#: Columns of a file (accounts.roles) that each line of living conditions belongs to, and its kind.
_LIVING = (
    ("house_area_m2", _("住房面积"), "house_grade", ""),
    ("house_structure", _("住房结构"), "house_grade", "house_structure"),
    ("house_grade", _("危房级别"), "house_grade", ""),
    ("water_safe", _("饮水是否安全"), "water_safe", "yes_no"),
    ("water_difficult", _("是否饮水困难"), "water_difficult", "yes_no"),
    ("road_kind", _("入户路"), "land", "road_kind"),
    ("arable_mu", _("耕地"), "land", ""),
    ("forest_mu", _("林地"), "land", ""),
    ("sanitary_toilet", _("卫生厕所"), "land", "yes_no"),
    ("fuel", _("主要燃料"), "land", "fuel"),
    ("cooperative", _("加入合作社"), "land", "yes_no"),
)


@dataclass(frozen=True)
class Row:
    """One line: the value of the earlier and of the later year, as stored.

    ``kind``: fen, number, yes_no, words, or the code table of the two. ``rise`` is the later
    less the earlier, for fen and numbers.
    """

    label: Any
    earlier: Any
    later: Any
    kind: str = ""

    @property
    def differs(self) -> bool:
        """Whether both are known and not the same."""
        return None not in (self.earlier, self.later) and self.earlier != self.later

    @property
    def rise(self) -> Any:
        """The later less the earlier; None where they are not numbers or not both known."""
        if self.kind not in {"fen", "number"} or not self.differs:
            return None
        return self.later - self.earlier


@dataclass(frozen=True)
class Comparison:
    """Two years, ``earlier`` < ``later``, of those that there are; sections with their rows."""

    years: list[int]
    earlier: int
    later: int
    sections: list[tuple[Any, list[Row]]]


def compared(held: HouseholdFile, asked: tuple[int, int] | None, columns: Any) -> Comparison | None:
    """Two years side by side, the newest two unless asked for; None with fewer than two, or
    for who may see nothing of them.
    """
    years = years_of(held)
    if len(years) < 2:
        return None
    earlier, later = sorted(asked) if asked and set(asked) <= set(years) else (years[1], years[0])
    sections = [
        (_("家庭与收入"), _income_rows(held, earlier, later) if "income" in columns else []),
        (_("住房与生活"), _living_rows(held, earlier, later, columns)),
        (_("年末读数"), _reading_rows(held, earlier, later) if "readings" in columns else []),
    ]
    shown = [(title, rows) for title, rows in sections if rows]
    return Comparison(years, earlier, later, shown) if shown else None


def years_of(held: HouseholdFile) -> list[int]:
    """Years of which anything is known that can be compared, newest first."""
    found = {income.year for income in held.incomes} | {living.year for living in held.living}
    found |= {timezone.localdate(one.observed_at).year for one in held.readings}
    return sorted(found, reverse=True)


def _income_rows(held: HouseholdFile, earlier: int, later: int) -> list[Row]:
    by_year = {one.year: one for one in held.incomes}
    a, b = by_year.get(earlier), by_year.get(later)
    if not (a or b):
        return []
    born = _members(held, earlier), _members(held, later)
    rows = [Row(_("现有成员中已出生的"), born[0], born[1], "number")]
    rows.append(Row(_("核算人口数"), _of(a, "divisor"), _of(b, "divisor"), "number"))
    return rows + [Row(label, _of(a, name), _of(b, name), "fen") for name, label in _INCOME]


def _living_rows(held: HouseholdFile, earlier: int, later: int, columns: Any) -> list[Row]:
    by_year = {one.year: one for one in held.living}
    a, b = by_year.get(earlier), by_year.get(later)
    if not (a or b):
        return []
    rows = [
        Row(label, _of(a, name), _of(b, name), kind or _kind(_of(b, name)))
        for name, label, column, kind in _LIVING
        if column in columns
    ]
    return [row for row in rows if row.earlier is not None or row.later is not None]


def _reading_rows(held: HouseholdFile, earlier: int, later: int) -> list[Row]:
    a, b = _last(held.readings, earlier), _last(held.readings, later)
    codes = {*a, *b}
    order = {code: at for at, code in enumerate(SEVEN)}
    shown = sorted(codes, key=lambda c: (order.get(c.split(".")[0], len(order)), c))
    return [Row(code, a.get(code), b.get(code), "indicator") for code in shown]


def _last(readings: list[Reading], year: int) -> dict[str, str]:
    """What was known of the whole household at the end of a year, in words, by indicator."""
    end = dt.date(year, 12, 31)
    known: dict[str, str] = {}
    for one in readings:  # newest first
        if one.person_id is None and timezone.localdate(one.observed_at) <= end:
            value = one.value_text or one.value_number
            known.setdefault(one.indicator, value_in_words(one.indicator, value))
    return known


def _members(held: HouseholdFile, year: int) -> int:
    return sum(one.born_on is None or one.born_on.year <= year for one in held.members)


def _of(record: Any, name: str) -> Any:
    """A known value; an empty text is not known."""
    value = getattr(record, name) if record else None
    return None if value == "" else value


def _kind(value: Any) -> str:
    return "words" if isinstance(value, str) else "number"
