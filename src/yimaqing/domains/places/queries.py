"""Reading places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Func, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from yimaqing.domains.places import finding, former
from yimaqing.domains.places.models import (
    ADMINISTRATIVE,
    Boundary,
    Contact,
    Duty,
    Origin,
    Place,
    PlaceStatus,
    PlaceYear,
    Recode,
)
from yimaqing.kit.ids import PREFIX_LENGTH, subtree_bounds

#: For datasets with a column ``place_code``: what is wrong with a code, and what it is now.
CODE_RULES, CODE_MESSAGES = former.CODE_RULES, former.CODE_MESSAGES
#: For their column: a village's code is found by its name where a sheet has no codes.
VILLAGE_BY_NAME = finding.VILLAGE_BY_NAME

#: A village's level, and how many digits its code has.
_VILLAGE_LEVEL = 5
_VILLAGE = PREFIX_LENGTH[_VILLAGE_LEVEL]


def valid_places(on: dt.date | None = None) -> QuerySet[Place]:
    """Places that exist on a day (today)."""
    day = on or timezone.localdate()
    return Place.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day))


def subtree(place: Place) -> QuerySet[Place]:
    """The place and everything below it, in the order of the codes."""
    low, high = subtree_bounds(place.code, place.level)
    return valid_places().filter(code__gte=low, code__lt=high).order_by("code")


def children(code: str) -> QuerySet[Place]:
    """The places directly below."""
    return valid_places().filter(parent_code=code).order_by("code")


def ancestor_codes(code: str) -> list[str]:
    """Codes of the administrative places above and of the place itself, widest first."""
    codes = [code[:n].ljust(12, "0") for n in PREFIX_LENGTH.values() if len(code) >= n]
    return list(dict.fromkeys([*codes, code]))


def path_of(code: str) -> list[Place]:
    """The known places from the province down to ``code``."""
    return list(Place.objects.filter(code__in=ancestor_codes(code)).order_by("level", "code"))


def needs_village(codes: Iterable[str], ranges: Iterable[tuple[str, str]]) -> bool:
    """Whether lines at these codes must name their village to a reader of these ranges.

    Not where everything that the reader may see, and everything in the list, is one village.
    """
    villages = {code[:_VILLAGE] for code in codes}
    for low, high in ranges:
        if len(low) < _VILLAGE or high > subtree_bounds(low[:_VILLAGE], _VILLAGE_LEVEL)[1]:
            return True
        villages.add(low[:_VILLAGE])
    return len(villages) > 1


def place_around(low: str, high: str) -> Place | None:
    """The narrowest known place, down to the village, that both codes lie in."""
    beside = {p.code for p in path_of(high[:12])}
    return next((p for p in reversed(path_of(low[:12])) if p.code in beside), None)


def names_of(codes: set[str]) -> dict[str, str]:
    """Names by code, in one query."""
    return dict(Place.objects.filter(code__in=codes).values_list("code", "name"))


def full_name(code: str, *, from_level: int = ADMINISTRATIVE["county"]) -> str:
    """County, township and village name in one string, as an address begins."""
    return "".join(p.name for p in path_of(code) if p.level >= from_level)


def full_names(
    codes: Collection[str], *, from_level: int = ADMINISTRATIVE["county"]
) -> dict[str, str]:
    """``full_name`` of many places by code, in one query."""
    wanted = {above for code in codes for above in ancestor_codes(code)}
    known = {p.code: p for p in Place.objects.filter(code__in=wanted, level__gte=from_level)}
    return {
        code: "".join(known[above].name for above in ancestor_codes(code) if above in known)
        for code in codes
    }


def names_below(code: str, level: int, *, using: str = "default") -> dict[str, str]:
    """Names by code of a place, of all below it and of those above it, in one query."""
    low, high = subtree_bounds(code, level)
    known = Place.objects.using(using).filter(
        Q(code__gte=low, code__lt=high) | Q(code__in=ancestor_codes(code))
    )
    return dict(known.values_list("code", "name"))


def office_phones_below(
    code: str, level: int, *, using: str = "default"
) -> dict[str, list[tuple[str, str]]]:
    """Offices with their numbers (name, number) at a place, below and above it, by place code."""
    low, high = subtree_bounds(code, level)
    day = timezone.localdate()
    held = (
        Contact.objects.using(using)
        .filter(Q(place_id__gte=low, place_id__lt=high) | Q(place_id__in=ancestor_codes(code)))
        .filter(Q(valid_to=None) | Q(valid_to__gt=day), duty=Duty.OFFICE, valid_from__lte=day)
        .exclude(office_phone="")
        .order_by("place_id", "pk")
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for place_code, name, number in held.values_list("place_id", "name", "office_phone"):
        found.setdefault(place_code, []).append((name, number))
    return found


@dataclass(frozen=True)
class Past:
    """Codes, in a half-open range, that places of today had; ``before`` that day if they were
    given out again since.
    """

    low: str
    high: str
    before: dt.date | None = None


def past_of(ranges: Iterable[tuple[str, str]]) -> list[Past]:
    """The former codes of what lies within ``ranges`` today, through any number of recodes.

    For records that keep the code of their day. A part of what was recoded has only its own
    part of the past.
    """
    recodes = list(Recode.objects.order_by("-on", "-pk"))
    if not recodes:
        return []
    old = Place.objects.in_bulk([recode.old_code for recode in recodes])
    found: list[Past] = []
    reached = list(ranges)
    for recode in recodes:  # newest first: what was reached by a later one is asked in turn
        place = old.get(recode.old_code)
        if place is None:
            continue
        before = None if place.valid_to else recode.on
        for low, high in _carried_back(reached, recode, place.level):
            found.append(Past(low, high, before))
            reached.append((low, high))
    return found


def _carried_back(
    ranges: Iterable[tuple[str, str]], recode: Recode, level: int
) -> list[tuple[str, str]]:
    """The parts of ``ranges`` that the recode moved, under their codes before it."""
    old, old_end = subtree_bounds(recode.old_code, level)
    new, new_end = subtree_bounds(recode.new_code, level)
    return [
        (
            old + low[len(new) :] if low > new else old,
            old_end if high >= new_end else old + high[len(new) :],
        )
        for low, high in ranges
        if low < new_end and new < high
    ]


def contacts_of(code: str, on: dt.date | None = None) -> QuerySet[Contact]:
    """Who is on duty for a place on a day (today)."""
    day = on or timezone.localdate()
    return (
        Contact.objects.filter(place_id=code, valid_from__lte=day)
        .filter(Q(valid_to=None) | Q(valid_to__gt=day))
        .order_by("duty")
    )


def years_of(code: str) -> QuerySet[PlaceYear]:
    """The yearly files of a place, newest first."""
    return PlaceYear.objects.filter(place_id=code).order_by("-year")


def statuses_of(code: str) -> QuerySet[PlaceStatus]:
    """The statuses that a place held, newest first."""
    return PlaceStatus.objects.filter(place_id=code).order_by("-starts_on")


def boundaries(codes: list[str]) -> dict[str, Boundary]:
    """Outlines by code; places without one are left out: no geometry is invented."""
    return {b.place_id: b for b in Boundary.objects.filter(place_id__in=codes)}


def boundaries_version(codes: list[str]) -> str:
    """Changes when an outline of these places is loaded anew; empty when none is known."""
    each = Func(Cast("geometry", TextField()), function="md5", output_field=TextField())
    known = Boundary.objects.filter(place_id__in=codes).order_by("place_id")
    return "".join(known.annotate(digest=each).values_list("digest", flat=True))


def origins_of(code: str) -> QuerySet[Origin]:
    """The villages that the people of a resettlement site came from."""
    return Origin.objects.filter(site_id=code).select_related("village").order_by("village_id")
