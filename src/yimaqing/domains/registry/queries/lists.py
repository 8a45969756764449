"""Lists of households within the request's scope, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.conf import settings
from django.db.models import Q, QuerySet

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import columns_of_each
from yimaqing.domains.places.queries import names_of
from yimaqing.domains.registry.models import Household, Person, PersonGram, Reading
from yimaqing.kit.crypto import keyring
from yimaqing.kit.ids import grams, mask_name, normal_id_number, subtree_bounds

PAGE = 50


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


def households_in(
    place_code: str, level: int, after: tuple[str, str, int] | None = None, size: int = PAGE
) -> list[HouseholdLine]:
    """A page of valid households below a place, by place, pinyin of the head, and number.

    ``after`` is the key (place_code, head_pinyin, id) of the last line of the page before.
    """
    low, high = subtree_bounds(place_code, level)
    return _page(Household.objects.filter(place_code__gte=low, place_code__lt=high), after, size)


def named_households(
    household_ids: Iterable[int], after: tuple[str, str, int] | None = None, size: int = PAGE
) -> list[HouseholdLine]:
    """A page of the valid ones among given households, in the order of ``households_in``."""
    return _page(Household.objects.filter(pk__in=list(household_ids)), after, size)


def search_households(
    text: str, scope_range: tuple[str, str], size: int = PAGE
) -> list[HouseholdLine]:
    """Households by register number, ID number, phone, or part of a member's name: see
    ``kind_of_search``.

    Sealed columns are found by their blind index, names by their grams: both use indexes
    under row-level security. ``scope_range`` is the caller's place range.
    """
    word = normal_id_number(text.strip())
    match kind_of_search(text):
        case "":
            return []
        case "household_number":
            return _lines(Household.objects.filter(household_number=word)[:size])
        case "sealed":
            return _lines(_by_blind_index(word)[:size])
    return _lines(_by_name(text.strip(), scope_range, size))


def kind_of_search(text: str) -> str:
    """What is searched for: household_number, sealed (an ID number or a phone), name, nothing."""
    word = normal_id_number(text.strip())
    if not word:
        return ""
    if word.isascii() and len(word) == 14 and word.startswith("86"):
        return "household_number"
    return "sealed" if word.isascii() and any(c.isdigit() for c in word) else "name"


def _by_blind_index(word: str) -> QuerySet[Household]:
    ring = keyring(settings.DATA_KEYS)
    phone = ring.index(word, purpose=b"registry_person.phone")
    found = Person.objects.filter(
        Q(id_number_index=ring.index(word, purpose=b"registry_person.id_number"))
        | Q(phone_index=phone)
    ).values("household_id")[:PAGE]
    by_phone = Q(phone_index=ring.index(word, purpose=b"registry_household.phone"))
    return Household.objects.filter(Q(pk__in=[f["household_id"] for f in found]) | by_phone)


def _by_name(name: str, scope_range: tuple[str, str], size: int) -> QuerySet[Household]:
    rarest = max(grams(name), key=len)
    low, high = scope_range
    ids = PersonGram.objects.filter(gram=rarest, place_code__gte=low, place_code__lt=high)
    persons = Person.objects.filter(
        pk__in=ids.values("person_id"), place_code__gte=low, place_code__lt=high, valid=True
    )
    if len(name) > len(rarest):
        persons = persons.filter(name__contains=name)
    households = persons.order_by("place_code", "name_pinyin", "id").values_list(
        "household_id", flat=True
    )[: size * 2]
    return Household.objects.filter(pk__in=list(households)).order_by("place_code", "head_pinyin")[
        :size
    ]


def _page(
    rows: QuerySet[Household], after: tuple[str, str, int] | None, size: int
) -> list[HouseholdLine]:
    rows = rows.filter(valid=True)
    if after:
        rows = rows.extra(
            where=["(place_code, head_pinyin, id) > (%s, %s, %s)"], params=list(after)
        )
    return _lines(rows.order_by("place_code", "head_pinyin", "id")[:size])


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


def readings_by_id(ids: Iterable[int]) -> dict[int, Reading]:
    """Readings by their numbers, those out of scope left out."""
    return {r.pk: r for r in Reading.objects.filter(pk__in=set(ids))}
