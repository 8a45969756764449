"""Members as lines name them, and what is registered of them beside what was read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from yimaqing.domains.registry.indicators import INDICATORS, value_in_words
from yimaqing.domains.registry.models import Household, Person, Reading
from yimaqing.domains.registry.queries.file import after_day
from yimaqing.kit.ids import mask_name


@dataclass(frozen=True)
class MemberName:
    """A member as a line may name him: relation to the head, and the masked name."""

    relation: str
    masked: str


@dataclass(frozen=True)
class Registered:
    """What the register says of a household and its valid members, and the newest readings.

    ``readings`` by indicator and member; None for those of the whole household.
    """

    member_count: int
    members: list[Person]
    readings: dict[tuple[str, int | None], Reading]


def members_named(person_ids: Collection[int]) -> dict[int, MemberName]:
    """Names by internal number, of those within scope; one query however many they are."""
    if not person_ids:
        return {}
    found = Person.objects.filter(pk__in=person_ids).values_list("pk", "relation", "name")
    return {pk: MemberName(relation, mask_name(name)) for pk, relation, name in found}


def registered(
    places: Collection[str], household_ids: Collection[int], indicators: Collection[str]
) -> dict[int, Registered]:
    """Register and newest readings of several households, in three queries."""
    if not household_ids:
        return {}
    of = {"place_code__in": places, "household_id__in": household_ids}
    counts = Household.objects.filter(pk__in=household_ids).values_list("pk", "member_count")
    found = {pk: Registered(count, [], {}) for pk, count in counts}
    for person in Person.objects.filter(**of, valid=True).order_by("pk"):
        if person.household_id in found:
            found[person.household_id].members.append(person)
    known = Reading.objects.filter(**of, indicator__in=indicators, observed_at__lt=after_day(None))
    for one in known.order_by("household_id", "-observed_at", "-id"):
        if one.household_id in found:
            newest = found[one.household_id].readings
            newest.setdefault((one.indicator, one.person_id), one)
    return found


def said_of(reading: Reading, *, named: bool = False) -> str:
    """未参保, or named 取水往返时间 28 分钟: a reading in words."""
    value = value_in_words(reading.indicator, reading.value_text or reading.value_number)
    return f"{INDICATORS[reading.indicator].label} {value}" if named else value
