"""Single places, their people, their status and their outlines."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from yimaqing.domains.audit.actions import Actor, record
from yimaqing.domains.places.models import (
    ADMINISTRATIVE,
    STANDINGS,
    Boundary,
    Contact,
    Kind,
    Origin,
    Place,
    PlaceStatus,
)

BELOW_VILLAGE = 6


@transaction.atomic
def add_place(*, code: str, name: str, kind: str, parent: Place, by: Actor) -> Place:
    """Add a place below the village: its code is the parent's with digits appended.

    Raise ValueError when the kind is administrative or the code does not extend the parent's.
    """
    if kind in ADMINISTRATIVE:
        raise ValueError("administrative places come with a division file")
    if not (code.startswith(parent.code) and len(code) > len(parent.code) and code.isdecimal()):
        raise ValueError(f"the code must extend {parent.code} by digits")
    place = Place.objects.create(
        code=code, name=name, kind=kind, level=BELOW_VILLAGE, parent_code=parent.code
    )
    record(action="places.place_added", by=by, place_code=code, subject=("place", code))
    return place


@transaction.atomic
def add_contact(
    *,
    place: Place,
    duty: str,
    name: str,
    office_phone: str,
    valid_from: dt.date,
    by: Actor | None,
    actor: str = "",
) -> Contact:
    """Name the person on duty for a place; who held the duty before is ended that day."""
    before = Contact.objects.filter(place=place, duty=duty)
    before.filter(Q(valid_to=None) | Q(valid_to__gt=valid_from)).update(valid_to=valid_from)
    contact = Contact.objects.create(
        place=place, duty=duty, name=name, office_phone=office_phone, valid_from=valid_from
    )
    record(
        action="places.contact_added",
        by=by,
        actor=actor,
        place_code=place.code,
        subject=("contact", contact.pk),
        after={"duty": duty},
    )
    return contact


@transaction.atomic
def end_contact(*, contact: Contact, valid_to: dt.date, by: Actor) -> None:
    """Somebody is no longer on duty from ``valid_to`` on, whether or not another follows.

    Raise ValueError for a day before he came.
    """
    if valid_to < contact.valid_from:
        raise ValueError("nobody leaves before he comes")
    before, contact.valid_to = contact.valid_to, valid_to
    contact.save(update_fields=["valid_to"])
    record(
        action="places.contact_ended",
        by=by,
        place_code=contact.place_id,
        subject=("contact", contact.pk),
        before={"duty": contact.duty, "ends_on": before},
        after={"ends_on": valid_to},
    )


@transaction.atomic
def set_origins(*, site: Place, households_by_village: dict[str, int | None], by: Actor) -> None:
    """Say which villages the people of a resettlement site came from; replaces what was said.

    Raise ValueError when the place is no resettlement site or a code is no known village.
    """
    if site.kind != Kind.RESETTLEMENT_SITE:
        raise ValueError("only a resettlement site has villages of origin")
    known = set(
        Place.objects.filter(code__in=households_by_village, kind=Kind.VILLAGE).values_list(
            "code", flat=True
        )
    )
    if unknown := set(households_by_village) - known:
        raise ValueError(f"not a known village: {', '.join(sorted(unknown))}")
    Origin.objects.filter(site=site).delete()
    Origin.objects.bulk_create(
        Origin(site=site, village_id=code, households=count)
        for code, count in households_by_village.items()
    )
    record(
        action="places.origins_set",
        by=by,
        place_code=site.code,
        subject=("place", site.code),
        after={"villages": households_by_village},
    )


@transaction.atomic
def set_status(
    *,
    place: Place,
    status: str,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    source: str,
    by: Actor | None,
    actor: str = "",
) -> PlaceStatus:
    """Record that a place holds a status from a day on, and until when (first day without it).

    The same status of the same day is corrected; another that still holds ends that day.
    Raise ValueError for a status of another kind of place, and for an end before the start.
    """
    if status not in STANDINGS.get(Kind(place.kind), ()):
        raise ValueError(f"{status} is no status of a {place.kind}")
    if ends_on is not None and ends_on <= starts_on:
        raise ValueError("a status ends after it starts")
    others = PlaceStatus.objects.filter(place=place, ends_on=None, starts_on__lt=starts_on)
    others.exclude(status=status).update(ends_on=starts_on)
    held, _created = PlaceStatus.objects.update_or_create(
        place=place,
        status=status,
        starts_on=starts_on,
        defaults={"source": source, "ends_on": ends_on},
    )
    record(
        action="places.status_set",
        by=by,
        actor=actor,
        place_code=place.code,
        after={"status": status, "starts_on": starts_on, "ends_on": ends_on, "source": source},
    )
    return held


@transaction.atomic
def load_boundaries(
    path: Path, *, source: str, by: Actor | None = None, actor: str = "system:boundaries"
) -> tuple[int, list[str]]:
    """Load a GeoJSON FeatureCollection (WGS84, property ``code``); (loaded, unknown codes)."""
    collection = json.loads(path.read_text(encoding="utf-8"))
    known = set(
        Place.objects.filter(
            code__in=[f["properties"]["code"] for f in collection["features"]]
        ).values_list("code", flat=True)
    )
    unknown: list[str] = []
    for feature in collection["features"]:
        code = feature["properties"]["code"]
        if code not in known:
            unknown.append(code)
            continue
        Boundary.objects.update_or_create(
            place_id=code, defaults={"geometry": feature["geometry"], "source": source}
        )
    loaded = len(collection["features"]) - len(unknown)
    record(
        action="places.boundaries_loaded",
        by=by,
        actor=actor,
        after={"file": path.name, "loaded": loaded, "unknown": unknown[:20]},
    )
    return loaded, unknown
