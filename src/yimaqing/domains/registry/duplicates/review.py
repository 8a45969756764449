"""Reading pairs for review, within the scope of the connection."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import columns_of_each
from yimaqing.domains.places.queries import full_name, full_names
from yimaqing.domains.registry.duplicates.ledger import EXCHANGED
from yimaqing.domains.registry.duplicates.words import FIELDS, masked_pair, said
from yimaqing.domains.registry.models import (
    Decision,
    Duplicate,
    Household,
    Merge,
    Payment,
    Person,
    Reading,
)
from yimaqing.domains.registry.templatetags.registry import label, yes_no
from yimaqing.kit.crypto import keyring
from yimaqing.kit.ids import mask_account, mask_id_number, mask_phone
from yimaqing.kit.rowscope import Scope, for_a_moment
from yimaqing.ui.templatetags.ui import day

Seen = Sequence[Container[str]]
"""Columns of the two files that a viewer may see."""

PAGE = 50
#: Sealed values: the column of the file that shows them masked, and the mask.
_SEALED: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "id_number": ("id_number", mask_id_number),
    "phone": ("phone", mask_phone),
    "bank_account": ("bank", mask_account),
}
WAITING = (Decision.OPEN, Decision.LATER)
_CODES = {
    "relation": "relation",
    "sex": "sex",
    "education": "education",
    "student_status": "student_status",
    "health": "health",
    "labour_skill": "labour_skill",
    "work_area": "work_area",
    "ethnicity": "ethnicity",
    "register_class": "register_class",
    "group": "group",
    "poverty_status": "poverty_status",
    "attribute": "attribute",
    "standard": "standard",
    "main_cause": "cause",
    "return_cause": "cause",
}


@dataclass(frozen=True)
class Line:
    """A pair in a list: two masked names, where, how likely and why."""

    duplicate: Duplicate
    left: str
    right: str
    left_place: str
    right_place: str
    reasons: list[tuple[str, bool]]

    @property
    def percent(self) -> int:
        """The score in whole percent, never more than 99 for what nobody decided."""
        return min(99, int(self.duplicate.score * 100))


@dataclass(frozen=True)
class Row:
    """One field of both: shown values, whether they differ, and whether one may be chosen."""

    field: str
    label: str
    left: str
    right: str
    differs: bool

    @property
    def choice(self) -> bool:
        """Whether there are two values to choose from: an empty one gives way by itself."""
        return self.differs and bool(self.left) and bool(self.right)


@dataclass(frozen=True)
class Side:
    """One of the two records: its file, where it is, and what hangs on it."""

    subject: Person | Household
    household: Household
    place: str
    readings: int
    payments: int


@dataclass(frozen=True)
class Review:
    """A pair side by side. ``members``: masked names of those who stand in both households."""

    duplicate: Duplicate
    left: Side
    right: Side
    rows: list[Row]
    reasons: list[tuple[str, bool]]
    members: list[tuple[str, str]] = field(default_factory=list)


def pairs(*, state: str, after: int | None = None) -> tuple[list[Line], int | None]:
    """Pairs that wait (or were decided so), likeliest first, and after which number the next
    page begins (None: this is the last). A pair of which a record is gone is left out.
    """
    found = Duplicate.objects.filter(state=state)
    if last := Duplicate.objects.filter(pk=after or 0).first():
        found = found.filter(Q(score__lt=last.score) | Q(score=last.score, pk__gt=last.pk))
    page = list(found.order_by("-score", "pk")[: PAGE + 1])
    onward = page[PAGE - 1].pk if len(page) > PAGE else None
    return _lines(page[:PAGE]), onward


def pairs_of(household: Household) -> tuple[list[Line], bool]:
    """Waiting pairs about a household that the reader sees, and whether there are others.

    Of the others only that they exist is told: they are for whoever may see both places.
    """
    about = Q(household_id=household.pk) | Q(other_household_id=household.pk)
    waiting = Duplicate.objects.filter(about, state__in=WAITING)
    seen = list(waiting.order_by("-score", "pk")[:PAGE])
    with for_a_moment(Scope.everything()):
        everything = waiting.count()
    return _lines(seen), everything > len(seen)


def review(duplicate: Duplicate, viewer: User) -> Review | None:
    """Both records side by side; None when one of them is out of sight or gone.

    Numbers stand masked, where the viewer may see them masked in both files.
    """
    model: Any = Person if duplicate.kind == "person" else Household
    found = {one.pk: one for one in model.objects.filter(pk__in=_subjects(duplicate))}
    homes = Household.objects.in_bulk([duplicate.household_id, duplicate.other_household_id])
    left, right = (_side(found.get(pk), homes) for pk in _subjects(duplicate))
    if left is None or right is None:
        return None
    files = [(side.household.place_code, side.household.pk) for side in (left, right)]
    seen = columns_of_each(viewer, files)
    return Review(
        duplicate,
        left,
        right,
        [_row(name, left.subject, right.subject, seen) for name in EXCHANGED[duplicate.kind]],
        said(duplicate.reasons),
        _members(duplicate),
    )


def chosen(view: Review, keep: int, picks: Mapping[str, str]) -> list[str]:
    """Fields to take from the record that is given up.

    ``picks``: field → left or right. Without a pick the kept value stays, but for an empty one.
    """
    kept, other = ("left", "right") if keep == view.left.subject.pk else ("right", "left")
    take = []
    for row in view.rows:
        pick = picks.get(row.field, "")
        blank = not getattr(row, kept) and bool(getattr(row, other))
        if row.differs and (pick == other or (not pick and blank)):
            take.append(row.field)
    return take


def merges_of(household: Household) -> list[Merge]:
    """What was merged into a household and its members, or away from them, newest first."""
    about = Q(household_id=household.pk) | Q(other_household_id=household.pk)
    return list(Merge.objects.filter(about, parent=None, undone_at=None).order_by("-pk")[:PAGE])


def former_of(household_id: int) -> tuple[list[int], list[int]]:
    """Households and persons merged into this household's own: their history is its own too."""
    found = Merge.objects.filter(household_id=household_id, undone_at=None)
    of_both = found.values_list("kind", "lost_id")
    return (
        [lost for kind, lost in of_both if kind == "household"],
        [lost for kind, lost in of_both if kind == "person"],
    )


def _subjects(duplicate: Duplicate) -> tuple[int, int]:
    return duplicate.left_id, duplicate.right_id


def _lines(found: list[Duplicate]) -> list[Line]:
    named = _names(found)
    places = {d.place_code for d in found} | {d.other_place for d in found}
    where = full_names({code[:12] for code in places})
    lines = []
    for one in found:
        left, right = named.get((one.kind, one.left_id)), named.get((one.kind, one.right_id))
        if left is None or right is None:
            continue
        masked = masked_pair(left, right)
        places_of = (where[one.place_code[:12]], where[one.other_place[:12]])
        lines.append(Line(one, *masked, *places_of, said(one.reasons)))
    return lines


def _names(found: Collection[Duplicate]) -> dict[tuple[str, int], str]:
    wanted: dict[str, set[int]] = {"person": set(), "household": set()}
    for one in found:
        wanted[one.kind] |= {one.left_id, one.right_id}
    persons = Person.objects.filter(pk__in=wanted["person"]).values_list("pk", "name")
    heads = Household.objects.filter(pk__in=wanted["household"]).values_list("pk", "head_name")
    return {("person", pk): name for pk, name in persons} | {
        ("household", pk): name for pk, name in heads
    }


def _side(subject: Any, homes: Mapping[int, Household]) -> Side | None:
    if subject is None:
        return None
    is_person = isinstance(subject, Person)
    household = homes.get(subject.household_id if is_person else subject.pk)
    if household is None:
        return None
    of = {"household_id": household.pk} | ({"person_id": subject.pk} if is_person else {})
    return Side(
        subject,
        household,
        full_name(household.place_code[:12]),
        Reading.objects.filter(**of).count(),
        Payment.objects.filter(**of).count(),
    )


def _row(name: str, left: Any, right: Any, seen: Seen) -> Row:
    label = str(FIELDS[name])
    if hasattr(left, f"{name}_sealed"):
        index = f"{name}_index"
        same = _bytes(getattr(left, index)) == _bytes(getattr(right, index))
        shown = [_masked_number(name, one, seen) for one in (left, right)]
        return Row(name, label, shown[0], shown[1], not same)
    a, b = getattr(left, name), getattr(right, name)
    is_name = name in {"name", "head_name"}
    two = masked_pair(a, b) if is_name else (_shown(name, a), _shown(name, b))
    return Row(name, label, *two, a != b)


def _masked_number(name: str, subject: Any, seen: Seen) -> str:
    sealed = getattr(subject, f"{name}_sealed")
    if not sealed:
        return ""
    right, mask = _SEALED[name]
    if any(right not in columns for columns in seen):
        return _("已加密")
    table = "registry_person" if isinstance(subject, Person) else "registry_household"
    purpose = f"{table}.{name}".encode()
    return mask(keyring(settings.DATA_KEYS).open(sealed, purpose=purpose))


def _shown(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, dt.date):
        return day(value)
    return label(value, _CODES[name]) if name in _CODES else str(value)


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)


def _members(duplicate: Duplicate) -> list[tuple[str, str]]:
    two = duplicate.reasons.get("members", [])
    names = dict(
        Person.objects.filter(pk__in=[pk for pair in two for pk in pair]).values_list("pk", "name")
    )
    return [masked_pair(names.get(a, ""), names.get(b, "")) for a, b in two]
