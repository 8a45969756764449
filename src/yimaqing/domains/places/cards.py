"""What the codes of counties, townships and villages show: the place's own file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from yimaqing.domains.places.models import ADMINISTRATIVE, Duty, Standing
from yimaqing.kit.cards import Card

_ORDER = (
    "households",
    "population",
    "rural_population",
    "labour_force",
    "migrant_workers",
    "minimum_living_households",
    "disabled_people",
    "water_difficult_households",
    "water_substandard_households",
    "dangerous_houses",
    "clinics",
    "net_income_per_capita_fen",
    "collective_income_fen",
)


#: Counts of people and households: rounded for a stranger, blank where too few.
_COUNTS = frozenset(
    {"households", "population", "rural_population", "labour_force", "migrant_workers"}
)
_ROUNDED = _COUNTS | {"net_income_per_capita_fen"}
_HUNDRED_YUAN = 10_000


def _field(name: str) -> tuple[str, str]:
    """Label and unit of a field of the yearly file."""
    return {
        "households": (_("户数"), _("户")),
        "population": (_("人口数"), pgettext("unit", "人")),
        "rural_population": (_("乡村人口数"), pgettext("unit", "人")),
        "labour_force": (_("劳动力人数"), pgettext("unit", "人")),
        "migrant_workers": (_("外出务工人数"), pgettext("unit", "人")),
        "minimum_living_households": (_("低保户数"), _("户")),
        "disabled_people": (_("残疾人数"), pgettext("unit", "人")),
        "water_difficult_households": (_("饮水困难户数"), _("户")),
        "water_substandard_households": (_("饮水未达标户数"), _("户")),
        "dangerous_houses": (_("危房户数"), _("户")),
        "clinics": (_("卫生室个数"), _("个")),
        "net_income_per_capita_fen": (_("人均纯收入"), _("元")),
        "collective_income_fen": (_("集体经济收入"), _("元")),
    }[name]


def _year(file: Mapping[str, Any]) -> dict[str, Any]:
    rows = []
    for name in _ORDER:
        if name in file and (file[name] is not None or name in _COUNTS):
            label, unit = _field(name)
            value, about = _shown(name, file)
            rows.append(
                {
                    "label": label,
                    "unit": unit,
                    "value": value,
                    "fen": name.endswith("_fen"),
                    "about": about,
                }
            )
    return {"year": file["year"], "source": file.get("source", ""), "rows": rows}


def _shown(name: str, file: Mapping[str, Any]) -> tuple[int | None, bool]:
    """A value as the card says it, and whether it is rounded: sums to 100 yuan, for a stranger."""
    value, rounded = file[name], bool(file.get("rounded"))
    if rounded and name == "collective_income_fen" and value >= _HUNDRED_YUAN:
        return round(value / _HUNDRED_YUAN) * _HUNDRED_YUAN, True
    return value, rounded and name in _ROUNDED


def _last_day(until: str | None) -> str | None:
    """The last day of what ended before a day."""
    if not until:
        return None
    return (dt.date.fromisoformat(until) - dt.timedelta(days=1)).isoformat()


def prepare(data: Mapping[str, Any], _language: str) -> dict[str, Any]:
    """Slugs to words: statuses that hold, duties, the yearly file as labelled rows."""
    return {
        "contact": data.get("contact"),
        "contacts": [
            {**contact, "duty": _(Duty(contact["duty"]).label)}
            for contact in data.get("contacts") or []
        ],
        "statuses": [
            {
                **status,
                "label": _(Standing(status["status"]).label),
                "until": _last_day(status.get("until")),
            }
            for status in data.get("statuses") or []
        ],
        "years": [_year(file) for file in data.get("years") or []],
    }


def _card(kind: str, label: Any) -> Card:
    level = ADMINISTRATIVE[kind]
    return Card(
        kind=kind,
        label=label,
        sql_function="places_card",
        public_function="places_public_card",
        template="places/scan/place.jinja",
        public_template="places/scan/place.jinja",
        subjects_sql=(
            "SELECT code, 0::bigint FROM places_place"
            f" WHERE level = {level} AND code >= %(low)s AND code < %(high)s"
            " AND (valid_to IS NULL OR valid_to > current_date)"
        ),
        keep_public_seconds=300,
        prepare=prepare,
    )


cards = [
    _card("county", gettext_lazy("县")),
    _card("township", gettext_lazy("乡镇")),
    _card("village", gettext_lazy("村")),
]
