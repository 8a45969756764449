"""Making households for tests, benches and other domains' tests: all people are synthetic.

Written as the owner, with real keys: what a test reads has gone through sealing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from django.conf import settings
from django.utils import timezone

from yimaqing.domains.registry.models import Household, Person, PersonGram, Reading
from yimaqing.kit.crypto import keyring
from yimaqing.kit.ids import grams, id_check_digit, pinyin_key

_serial = count(1)
BAIWEN_VILLAGE = "141124104201"


def synthetic_id_number(born_on: dt.date = dt.date(1975, 2, 14), order: int | None = None) -> str:
    """A number with a right check digit from 141199, a region that does not exist."""
    # Below 100 is what callers ask for: nobody gets such a number by himself.
    number = 100 + next(_serial) % 900 if order is None else order
    first17 = f"141199{born_on:%Y%m%d}{number:03d}"
    return first17 + id_check_digit(first17)


def make_household(
    *,
    place_code: str = BAIWEN_VILLAGE,
    head_name: str = "王秀英",
    members: Sequence[Mapping[str, Any]] = (),
    readings: Mapping[str, str | float] | None = None,
    observed_at: dt.datetime | None = None,
    **fields: Any,
) -> Household:
    """A household with its head and further ``members`` (fields of Person), and readings.

    Education and medical readings are of the head unless a member carries its own
    ``readings``. Other keyword arguments are fields of Household.
    """
    number = next(_serial)
    values = {
        "household_number": f"86{number:012d}",
        "register_class": "archived",
        "poverty_status": "lifted",
        "member_count": 1 + len(members),
        "main_cause": "illness",
        "source": "factory",
        **fields,
    }
    household = Household.objects.using("owner").create(
        place_code=place_code, head_name=head_name, head_pinyin=pinyin_key(head_name), **values
    )
    head = add_person(household, name=head_name, relation="head")
    for member in members:
        add_person(household, **member)
    Household.objects.using("owner").filter(pk=household.pk).update(head_person_id=head.pk)
    household.head_person_id = head.pk
    for indicator, value in (readings or {}).items():
        of_person = indicator in {"education", "medical"}
        add_reading(household, indicator, value, observed_at, head.pk if of_person else None)
    return household


def add_person(
    household: Household,
    *,
    name: str,
    relation: str = "son",
    sex: str = "male",
    born_on: dt.date = dt.date(1975, 2, 14),
    id_number: str | None = None,
    phone: str = "",
    readings: Mapping[str, str] | None = None,
    **fields: Any,
) -> Person:
    """A member with sealed ID number and phone, and search grams."""
    ring = keyring(settings.DATA_KEYS)
    number = id_number or synthetic_id_number(born_on)
    kind = b"registry_person.id_number"
    person = Person.objects.using("owner").create(
        place_code=household.place_code,
        household_id=household.pk,
        person_number=f"P{next(_serial):012d}",
        name=name,
        name_pinyin=pinyin_key(name),
        sex=sex,
        born_on=born_on,
        relation=relation,
        id_kind="resident_id",
        id_number_sealed=ring.seal(number, purpose=kind),
        id_number_index=ring.index(number, purpose=kind),
        phone_sealed=ring.seal(phone, purpose=b"registry_person.phone") if phone else None,
        phone_index=ring.index(phone, purpose=b"registry_person.phone") if phone else None,
        source="factory",
        **fields,
    )
    PersonGram.objects.using("owner").bulk_create(
        PersonGram(
            gram=gram,
            place_code=household.place_code,
            person_id=person.pk,
            household_id=household.pk,
        )
        for gram in grams(name)
    )
    for indicator, value in (readings or {}).items():
        add_reading(household, indicator, value, None, person.pk)
    return person


def add_reading(
    household: Household,
    indicator: str,
    value: str | float,
    observed_at: dt.datetime | None = None,
    person_id: int | None = None,
    source: str = "factory",
) -> Reading:
    """One reading, observed now unless said otherwise."""
    is_number = not isinstance(value, str)
    return Reading.objects.using("owner").create(
        place_code=household.place_code,
        household_id=household.pk,
        person_id=person_id,
        indicator=indicator,
        value_text="" if is_number else str(value),
        value_number=float(value) if is_number else None,
        observed_at=observed_at or timezone.now(),
        source=source,
    )
