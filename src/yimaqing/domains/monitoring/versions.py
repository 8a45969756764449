"""Reading the rule sets of this installation: which there are, where, and who made them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import names_of_users, posts_held
from yimaqing.domains.monitoring import permissions
from yimaqing.domains.monitoring.models import RulesetVersion
from yimaqing.domains.monitoring.rulebook import book_on
from yimaqing.domains.monitoring.rules import Ruleset
from yimaqing.domains.places.queries import names_of
from yimaqing.kit.ids import place_prefix

STATE_WORDS = {
    "draft": _l("修改中"),
    "submitted": _l("待另一人确认"),
    "returned": _l("已退回"),
    "withdrawn": _l("已撤回"),
    "published": _l("已发布"),
}
_SHOWN = 50


@dataclass(frozen=True)
class InForce:
    """A rule set that judges today, where, and until when the next one waits."""

    ruleset: Ruleset
    where: str


@dataclass(frozen=True)
class VersionLine:
    """A version with the names that its reader needs."""

    version: RulesetVersion
    where: str
    state: str
    made_by: str
    decided_by: str


def in_force_today(day: dt.date) -> list[InForce]:
    """The rule sets of a day, the whole country first."""
    sets = book_on(day).sets
    names = where_of({one.region for one in sets})
    return [InForce(one, names[one.region]) for one in sets]


def latest_versions(regions: set[str]) -> list[VersionLine]:
    """Versions that this installation published, and all of some regions; the newest first."""
    seen = models.Q(state="published") | models.Q(region__in=regions)
    held = list(RulesetVersion.objects.filter(seen).order_by("-pk")[:_SHOWN])
    return _lines(held)


def line_of(version: RulesetVersion) -> VersionLine:
    """One version with its names."""
    return _lines([version])[0]


def regions_of(user: User) -> dict[str, str]:
    """Regions whose rules the user may change, with their names."""
    held = posts_held(user, permissions.RULES)
    codes = {place_prefix(a.place_code, a.place_level or 5) for a in held if a.place_code}
    return where_of(codes)


def where_of(regions: set[str]) -> dict[str, str]:
    """Names of regions; the code where a place is not known."""
    names = names_of({region.ljust(12, "0") for region in regions if region})
    return {
        region: names.get(region.ljust(12, "0"), region) if region else _("全国")
        for region in sorted(regions)
    }


def regions_named(ruleset: Ruleset) -> dict[str, str]:
    """Names of the regions that a rule set tells apart."""
    lines = ruleset.lines("poverty") + ruleset.lines("monitoring")
    return where_of({one.region for one in ruleset.thresholds} | {one.region for one in lines})


def with_names(text: str, where: Mapping[str, str]) -> str:
    """What a value is called, with its region's name in place of the code."""
    for region, name in where.items():
        if not region:
            continue
        text = text.replace(f"（{region}）", f"（{name}）").replace(f"({region})", f"({name})")
    return text


def named_places(counted: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Figures by place with the names of the places."""
    names = where_of({str(row["code"]) for row in counted})
    return [{**row, "name": names[str(row["code"])]} for row in counted]


def _lines(versions: list[RulesetVersion]) -> list[VersionLine]:
    users = {v.made_by_id for v in versions} | {v.decided_by_id for v in versions}
    names = names_of_users({number for number in users if number})
    where = where_of({v.region for v in versions})
    return [
        VersionLine(
            version=v,
            where=where[v.region],
            state=str(STATE_WORDS[v.state]),
            made_by=names.get(v.made_by_id or 0, _("系统管理员（命令行）")),
            decided_by=names.get(v.decided_by_id or 0, ""),
        )
        for v in versions
    ]
