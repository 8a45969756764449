"""Pages of monitoring: the list of warnings, and the rules as a reader's book."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import permissions_of, require
from yimaqing.domains.monitoring import permissions
from yimaqing.domains.monitoring.contradictions import contradictions_of
from yimaqing.domains.monitoring.endings import closer_of, ending_of
from yimaqing.domains.monitoring.models import Warning
from yimaqing.domains.monitoring.queries import (
    PAGE,
    latest_run,
    open_warnings,
    state_of_warnings,
)
from yimaqing.domains.monitoring.rulebook import book_on, in_force, version_before, version_named
from yimaqing.domains.monitoring.rules.ruleset import COLOURS, INDICATORS, Citation, Ruleset
from yimaqing.domains.monitoring.versions import regions_of, where_of
from yimaqing.domains.places.queries import children, needs_village, path_of
from yimaqing.domains.registry.queries import (
    HouseholdLine,
    MemberName,
    helpers_of,
    lines_of,
    members_named,
    readings_by_id,
)
from yimaqing.kit.ids import number_pair
from yimaqing.kit.rowscope import set_scope
from yimaqing.ui.news import PACE, PACE_ABOVE

_VILLAGE = 12  # digits of a village's code


@dataclass(frozen=True)
class Grounds:
    """Which rule raised a warning and what it rests on, in the reader's language."""

    ruleset: str
    standard: str
    citation: Citation
    scheme: str
    colour: str
    meaning: str


@dataclass(frozen=True)
class WarningLine:
    """A warning with all that its reader needs to act."""

    warning: Warning
    rule: str
    household: HouseholdLine
    readings: list[Any]
    overdue: bool
    grounds: Grounds | None = None
    members: dict[int, MemberName] = field(default_factory=dict)
    """Those whom the reader may see named."""
    contradictions: list[str] = field(default_factory=list)
    ending: str = ""
    """What must be recorded for it to be over."""
    closer: str = ""
    helper: str = ""
    """Who is named for the household."""

    @property
    def person_ids(self) -> list[int]:
        """Members whom it is about and of whom no reading is shown."""
        read = {reading.person_id for reading in self.readings}
        return [i for i in self.warning.person_ids if i not in read and i in self.members]


def is_english() -> bool:
    """Whether the reader reads English."""
    return (get_language() or "").startswith("en")


def grounds_of(warning: Warning, ruleset: Ruleset | None) -> Grounds | None:
    """What a warning rests on; None when the version that raised it is no longer known."""
    rule = ruleset.by_code.get(warning.rule_code) if ruleset else None
    if ruleset is None or rule is None or ruleset.scheme.code != warning.scheme:
        return None
    colour = ruleset.scheme.colour(warning.colour)
    held_to = next((one for one in ruleset.indicators if one.code == rule.indicator), None)
    english = is_english()
    return Grounds(
        ruleset=_name(ruleset),
        standard=(held_to.standard_en if english else held_to.standard_zh) if held_to else "",
        citation=rule.citation,
        scheme=_name(ruleset.scheme),
        colour=_name(colour),
        meaning=colour.meaning_en if english else colour.meaning_zh,
    )


def lines_for(
    warnings: Iterable[Warning], *, viewer: User, with_grounds: bool = False
) -> list[WarningLine]:
    """Warnings with rule, household and readings: a few queries however many they are.

    ``with_grounds`` each says what it rests on.
    """
    held = list(warnings)
    if not held:
        return []
    english = is_english()
    today = timezone.localdate()
    lines = lines_of({w.household_id for w in held}, viewer=viewer)
    households = {line.household_id: line for line in lines}
    readings = readings_by_id({i for w in held for i in w.reading_ids})
    persons = {r.person_id for r in readings.values() if r.person_id}
    members = members_named(persons.union(*(w.person_ids for w in held)))
    book = book_on(today)
    contradictions = contradictions_of(held, book)
    helpers = helpers_of(households, today)
    names = {w.ruleset_version for w in held} if with_grounds else set()
    versions = {name: version_named(name) for name in names}
    return [
        WarningLine(
            warning=w,
            rule=w.text_en if english else w.text_zh,
            household=households[w.household_id],
            readings=[readings[i] for i in w.reading_ids if i in readings],
            overdue=w.act_by < today,
            grounds=grounds_of(w, versions.get(w.ruleset_version)),
            ending=ending_of(w, book.at(w.place_code), english=english),
            closer=closer_of(w, book.at(w.place_code)),
            helper=helpers.get(w.household_id, ""),
            **_of_members(w, households[w.household_id], members, contradictions),
        )
        for w in held
        if w.household_id in households
    ]


def _of_members(
    warning: Warning,
    household: HouseholdLine,
    members: dict[int, MemberName],
    contradictions: dict[int, list[str]],
) -> dict[str, Any]:
    """What a line says of members, for who may see them."""
    if "members" not in household.columns:
        return {}
    is_about = warning.rule_code == "facts_contradict" and not warning.closed_at
    return {
        "members": members,
        "contradictions": contradictions.get(warning.household_id, []) if is_about else [],
    }


@login_required
@require_GET
def warnings(request: HttpRequest) -> HttpResponse:
    """Open warnings by place, colour and indicator, most severe first, a page at a time."""
    scope = require(request.user, permissions.READ)
    set_scope(scope)  # another role of the user may reach further than this one
    chosen = _chosen(request)
    path = path_of(chosen["place"]) if chosen["place"] else []
    here = path[-1] if path else None
    start = scope.ranges[0][0].ljust(12, "0") if scope.ranges else ""
    ruleset = in_force(timezone.localdate(), here.code if here else start)
    # Before the list: what comes between is shown next time.
    seen = "" if request.GET.get("after") else state_asked(request)
    found = list(
        open_warnings(
            place_code=here.code if here else "",
            level=here.level if here else 0,
            colour=chosen["colour"],
            indicator=chosen["indicator"],
            after=number_pair(request.GET.get("after", "")),
        )
    )
    last = found[-1] if len(found) == PAGE else None
    lines = lines_for(found, viewer=request.user)  # type: ignore[arg-type] # required above
    codes = (line.household.place_code for line in lines)
    context = {
        "lines": lines,
        "shows_place": needs_village(codes, scope.ranges),
        "chosen": chosen,
        "path": [p for p in path if scope.covers(p.code)],
        "below": children(here.code if here else start)[:60] if (here or start) else [],
        "colours": _choices(chosen, "colour", [(c.code, _name(c)) for c in ruleset.scheme.colours]),
        "indicators": _choices(
            chosen, "indicator", [(one.code, _name(one)) for one in ruleset.indicators]
        ),
        "query": urlencode({k: v for k, v in chosen.items() if v and k != "place"}),
        "next_href": _next(chosen, last) if last else "",
        "run": latest_run(),
        "ruleset": ruleset,
        "news": urlencode({k: v for k, v in chosen.items() if v} | {"seen": seen}) if seen else "",
        "pace": PACE if all(len(low) >= _VILLAGE for low, _high in scope.ranges) else PACE_ABOVE,
        "updated": timezone.localtime() if "seen" in request.GET else None,
    }
    return render(request, "monitoring/warnings.html", context)


def state_asked(request: HttpRequest) -> str:
    """The state of the warnings that a request asks for; see ``state_of_warnings``."""
    set_scope(require(request.user, permissions.READ))
    chosen = _chosen(request)
    path = path_of(chosen["place"]) if chosen["place"] else []
    return state_of_warnings(
        place_code=path[-1].code if path else "",
        level=path[-1].level if path else 0,
        colour=chosen["colour"],
        indicator=chosen["indicator"],
    )


@login_required
@require_GET
def rulebook(request: HttpRequest) -> HttpResponse:
    """The rules of the reader's place, or any version, each with its source and how sure it is."""
    scope = require(request.user, permissions.READ)
    start = scope.ranges[0][0] if scope.ranges else ""
    named = request.GET.get("version", "")
    ruleset = version_named(named) if named else in_force(timezone.localdate(), start)
    if ruleset is None:
        raise Http404
    colours = [
        (colour, [ruleset.by_code[code] for code in colour.rules])
        for colour in ruleset.scheme.colours
    ]
    lines = ruleset.lines("poverty") + ruleset.lines("monitoring")
    where = where_of({one.region for one in ruleset.thresholds} | {line.region for line in lines})
    context = {
        "ruleset": ruleset,
        "sees_figures": permissions.FIGURES in permissions_of(request.user),
        "colours": colours,
        "silent": [ruleset.by_code[code] for code in ruleset.scheme.silent],
        "english": is_english(),
        "thresholds": [(one, where[one.region]) for one in ruleset.thresholds],
        "lines": [(line, where[line.region]) for line in lines],
        "has_monitoring_line": bool(ruleset.lines("monitoring")),
        "earlier": version_before(ruleset),
        "regions": regions_of(request.user),  # type: ignore[arg-type] # required above
    }
    return render(request, "monitoring/rulebook.html", context)


def _name(one: object) -> str:
    return str(getattr(one, "en" if is_english() else "zh"))


def _chosen(request: HttpRequest) -> dict[str, str]:
    """What the list is narrowed to."""
    return {
        "place": request.GET.get("place", ""),
        "colour": _among(request.GET.get("colour"), COLOURS),
        "indicator": _among(request.GET.get("indicator"), INDICATORS),
    }


def _among(value: str | None, allowed: Iterable[str]) -> str:
    return value if value in set(allowed) else ""


def _choices(
    chosen: dict[str, str], name: str, options: list[tuple[str, str]]
) -> list[dict[str, object]]:
    """Filter chips: address, label, whether chosen; a second click takes the filter away."""
    chips: list[dict[str, object]] = []
    for value, label in options:
        is_chosen = chosen[name] == value
        query = {**chosen, name: "" if is_chosen else value}
        href = "?" + urlencode({k: v for k, v in query.items() if v})
        chips.append({"href": href, "label": label, "chosen": is_chosen, "value": value})
    return chips


def _next(chosen: dict[str, str], last: Warning) -> str:
    query = {k: v for k, v in chosen.items() if v}
    return "?" + urlencode(query | {"after": f"{last.colour_rank}-{last.pk}"})
