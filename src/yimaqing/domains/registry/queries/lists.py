"""Households as lines of other domains' lists name them, within the request's scope."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from django.db.models import Q

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import columns_of_each
from yimaqing.domains.places.queries import names_of
from yimaqing.domains.registry.models import Household, Pairing, Reading
from yimaqing.kit.ids import mask_name
from yimaqing.kit.rowscope import FETCH, planned

_ASKED_AT_ONCE = 10_000  # numbers in one question


@dataclass(frozen=True)
class HouseholdLine:
    """One line of a list: the masked name of the head, and where he lives.

    ``columns`` are those of the file that its reader may see; who may not see the address
    gets the line without.
    """

    household_id: int
    household_number: str
    place_code: str
    place_name: str
    head_masked: str
    member_count: int
    register_class: str
    group: str
    team: str
    address: str
    columns: frozenset[str] = frozenset()

    @property
    def door(self) -> str:
        """2组 前东旺坪33号: what tells this 张** from the next one."""
        return " ".join(part for part in (self.team, self.address) if part)


def lines_of(household_ids: Iterable[int], *, viewer: User) -> list[HouseholdLine]:
    """Lines for given households, in the order given; those out of scope are left out."""
    wanted = list(household_ids)
    with planned(FETCH):
        found = {h.pk: h for h in Household.objects.filter(pk__in=wanted)}
    return lines_for(viewer, _lines([found[i] for i in wanted if i in found]))


def lines_for(viewer: User, lines: Iterable[HouseholdLine]) -> list[HouseholdLine]:
    """The lines with what this reader may see of each, and without what he may not."""
    held = list(lines)
    each = columns_of_each(viewer, [(line.place_code, line.household_id) for line in held])
    return [
        replace(line, columns=columns, address=line.address if "address" in columns else "")
        for line, columns in zip(held, each, strict=True)
    ]


def household_numbers(household_ids: Iterable[int]) -> dict[int, str]:
    """Household numbers (户编号) by internal number, of those within scope."""
    found = Household.objects.filter(pk__in=list(household_ids))
    return dict(found.values_list("pk", "household_number"))


def households_numbered(numbers: Collection[str], *, using: str = "default") -> dict[str, int]:
    """The households of some numbers (户编号): number → id; unknown numbers are left out."""
    asked = sorted(numbers)
    found: dict[str, int] = {}
    for start in range(0, len(asked), _ASKED_AT_ONCE):
        part = asked[start : start + _ASKED_AT_ONCE]
        held = Household.objects.using(using).filter(household_number__in=part)
        found |= dict(held.values_list("household_number", "pk"))
    return found


def _lines(rows: Iterable[Household]) -> list[HouseholdLine]:
    held = list(rows)
    names = names_of({h.place_code[:12] for h in held})
    return [
        HouseholdLine(
            household_id=h.pk,
            household_number=h.household_number,
            place_code=h.place_code,
            place_name=names.get(h.place_code[:12], h.place_code),
            head_masked=mask_name(h.head_name),
            member_count=h.member_count,
            register_class=h.register_class,
            group=h.group,
            team=h.team,
            address=h.address,
        )
        for h in held
    ]


def helpers_of(household_ids: Collection[int], day: dt.date) -> dict[int, str]:
    """The responsible helper of each household on a day, those without one left out."""
    held = Pairing.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=day),
        household_id__in=household_ids,
        rank=1,
        starts_on__lte=day,
    )
    named = held.order_by("starts_on").values_list("household_id", "helper_name")
    return dict(named)  # the newest stays


def readings_by_id(ids: Iterable[int]) -> dict[int, Reading]:
    """Readings by their numbers, those out of scope left out."""
    return {r.pk: r for r in Reading.objects.filter(pk__in=set(ids))}
