"""Rows that wait for somebody to look, and what he decides: one of these persons, or nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import may
from yimaqing.domains.audit.actions import record
from yimaqing.domains.places.queries import full_names
from yimaqing.domains.registry import permissions
from yimaqing.domains.registry.departments.telling import Said, told_of
from yimaqing.domains.registry.duplicates.words import masked_pair
from yimaqing.domains.registry.linkage.words import why
from yimaqing.domains.registry.loaders.relinking import REVIEW_ROW
from yimaqing.domains.registry.models import Listed, ListedPerson, Person
from yimaqing.domains.registry.tasks import ask_for_links
from yimaqing.domains.work.actions import settle_todo
from yimaqing.kit.ids import mask_name
from yimaqing.kit.rowscope import Scope, for_a_moment

PAGE = 50


class CannotChoose(ValueError):
    """The row has been decided, or the person is none of its candidates; the text says so."""


@dataclass(frozen=True)
class Line:
    """A row in a list: masked, with its place and how many persons it may mean."""

    row: ListedPerson
    said: Said
    name: str
    place: str
    count: int


@dataclass(frozen=True)
class Candidate:
    """A person whom a row may mean; names masked but where they differ."""

    person: Person
    name: str
    listed_name: str
    place: str
    percent: int
    reasons: list[tuple[str, bool]]


@dataclass(frozen=True)
class Choice:
    """A row beside its candidates. ``hidden``: candidates out of the reader's sight."""

    row: ListedPerson
    said: Said
    name: str
    place: str
    candidates: list[Candidate]
    hidden: int


def waiting_rows(*, state: str, after: int = 0) -> tuple[list[Line], int | None]:
    """Rows of a state in the reader's area, oldest first, and after which the next page begins."""
    rows = ListedPerson.objects.filter(state=state, pk__gt=after, name__gt="").order_by("pk")
    page = list(rows[: PAGE + 1])
    onward = page[PAGE - 1].pk if len(page) > PAGE else None
    return _lines(page[:PAGE]), onward


def choice(row: ListedPerson) -> Choice:
    """The row and whom it may mean, likeliest first, as far as the reader may see them."""
    numbers = [one["person"] for one in row.candidates]
    seen = Person.objects.filter(pk__in=numbers, valid=True).in_bulk()
    places = full_names({row.place_code[:12]} | {p.place_code[:12] for p in seen.values()})
    candidates = []
    for one in row.candidates:
        person = seen.get(one["person"])
        if person is None:
            continue
        listed, name = masked_pair(row.name, person.name)
        percent = min(99, int(one["share"] * 100))
        where = places[person.place_code[:12]]
        candidates.append(Candidate(person, name, listed, where, percent, why(one["levels"])))
    return Choice(
        row,
        told_of(row),
        mask_name(row.name),
        places[row.place_code[:12]],
        candidates,
        _elsewhere(set(numbers) - set(seen)),
    )


def _elsewhere(numbers: set[int]) -> int:
    """How many of these stand in the register, out of the reader's sight: not who is gone."""
    if not numbers:
        return 0
    with for_a_moment(Scope.everything()):
        return Person.objects.filter(pk__in=numbers, valid=True).count()


@transaction.atomic
def choose(*, row: ListedPerson, person_id: int | None, note: str, by: User) -> ListedPerson:
    """The row means this candidate, or (None) none of them. It changes nothing of the register.

    Raise CannotChoose, and PermissionDenied without the right where the row and the person are.
    """
    held = ListedPerson.objects.select_for_update().get(pk=row.pk)
    if held.state != Listed.WAITING:
        raise CannotChoose(_("这一行已有结论。"))
    view = choice(held)
    picked = {one.person.pk: one.person for one in view.candidates}
    if person_id is None and view.hidden:
        raise CannotChoose(_("还有可能的人不在您的范围内：请由上级核对。"))
    if person_id is not None and person_id not in picked:
        raise CannotChoose(_("请选择列出的一个人，或“都不是”。"))
    person = picked[person_id] if person_id is not None else None
    if not all(may(by, permissions.MERGE, place) for place in _places(held, person)):
        raise PermissionDenied
    held.state = Listed.CHOSEN if person else Listed.NONE
    held.note, held.decided_by, held.decided_at = note.strip(), by.pk, timezone.now()
    if person:
        held.person_id, held.household_id = person.pk, person.household_id
        held.place_code = person.place_code
    held.save()
    settle_todo(kind=REVIEW_ROW, subject=("listed", held.pk), reason=_said(person, note), by=by)
    record(
        action="registry.listed_decided",
        by=by,
        place_code=held.place_code,
        household_id=held.household_id,
        subject=("listed", held.pk),
        purpose=note.strip(),
        after={"decision": held.state},
    )
    transaction.on_commit(ask_for_links)
    return held


def _said(person: Person | None, note: str) -> str:
    return note.strip() or ("已对上" if person else "核对后不在册")


def _places(row: ListedPerson, person: Person | None) -> Sequence[str]:
    return [row.place_code, *([person.place_code] if person else [])]


def _lines(rows: Sequence[ListedPerson]) -> list[Line]:
    places = full_names({row.place_code[:12] for row in rows})
    return [
        Line(
            row, told_of(row), mask_name(row.name), places[row.place_code[:12]], len(row.candidates)
        )
        for row in rows
    ]
