"""Why a person may be the one that a row means."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from yimaqing.domains.registry.duplicates.words import AGAINST
from yimaqing.domains.registry.duplicates.words import REASONS as OF_PAIRS

#: (comparison, level) of likeness.MODEL, beyond those that pairs of persons have too.
REASONS = OF_PAIRS | {
    ("name", "same_surname"): _("只有姓相同"),
    ("identity", "day_and_month_turned"): _("出生月日颠倒"),
    ("identity", "lunar_birthday"): _("一处是农历生日"),
    ("identity", "year_as_told"): _("出生年份相同"),
    ("identity", "year_one_off"): _("出生年份差一年"),
    ("place", "township_as_told"): _("在同一乡镇"),
    ("place", "county_as_told"): _("在同一县"),
}
_WEAK = {("name", "same_surname"), ("identity", "same_birth_ids_differ")}


def why(levels: Mapping[str, str]) -> list[tuple[str, bool]]:
    """Reasons in words, each with whether it speaks for the person."""
    return [
        (str(words), (name, level) not in AGAINST | _WEAK)
        for (name, level), words in REASONS.items()
        if levels.get(name) == level
    ]
