"""Taking back whom a row means: it waits for somebody to look again."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import may
from yimaqing.domains.audit.actions import record
from yimaqing.domains.registry import permissions
from yimaqing.domains.registry.departments.declared import lists
from yimaqing.domains.registry.linkage.choosing import CannotChoose
from yimaqing.domains.registry.loaders.relinking import REVIEW_ROW
from yimaqing.domains.registry.models import Listed, ListedPerson, Person
from yimaqing.domains.registry.tasks import ask_for_links
from yimaqing.domains.work.actions import open_todo
from yimaqing.domains.work.queries import Todo, acted_upon

#: What may be taken back: an answer, the program's or an officer's.
ANSWERED = (Listed.MATCHED, Listed.CHOSEN, Listed.NONE)
_COUNTY, _TOWNSHIP, _DIGITS = 6, 9, 12


@dataclass(frozen=True)
class TakenBack:
    """The row as it stands now, and what somebody has already done because of it."""

    row: ListedPerson
    acted: list[Todo]


@transaction.atomic
def take_back(*, row: ListedPerson, reason: str, by: User) -> TakenBack:
    """The row means nobody yet. To-dos that it alone asked for are withdrawn by the next job.

    Raise CannotChoose, and PermissionDenied without the right where the row is and was told.
    """
    held = ListedPerson.objects.select_for_update().get(pk=row.pk)
    if held.state not in ANSWERED or lists()[held.list_name].of_places:
        raise CannotChoose(_("这一行没有可撤回的结论。"))
    if not reason.strip():
        raise CannotChoose(_("请写明为什么撤回，以后的人才知道。"))
    if not may(by, permissions.MERGE, held.place_code):
        raise PermissionDenied
    told, where = _place_to_ask(held)
    if not may(by, permissions.MERGE, told) or not may(by, permissions.MERGE, where):
        raise CannotChoose(_("名单上的地点不全在您的范围内：请由上级撤回。"))
    household, acted = held.household_id, _acted(held)
    before = {"decision": held.state}
    held.state, held.note, held.decided_by, held.decided_at = Listed.WAITING, "", None, None
    held.person_id, held.household_id, held.place_code = None, None, told
    held.save()
    detail = {"count": len(held.candidates)}
    open_todo(kind=REVIEW_ROW, subject=("listed", held.pk), place_code=where, detail=detail, by=by)
    record(
        action="registry.listed_taken_back",
        by=by,
        place_code=held.place_code,
        household_id=household,
        subject=("listed", held.pk),
        purpose=reason.strip(),
        before=before,
        after={"decision": held.state},
    )
    transaction.on_commit(ask_for_links)
    return TakenBack(held, acted)


def _place_to_ask(row: ListedPerson) -> tuple[str, str]:
    """What the list told, and the township or county that it and all candidates lie in."""
    people = Person.objects.filter(pk__in=[one["person"] for one in row.candidates], valid=True)
    told = row.told_place or row.place_code[:_TOWNSHIP].ljust(_DIGITS, "0")
    codes = {told, *people.values_list("place_code", flat=True)}
    for digits in (_TOWNSHIP, _COUNTY):
        prefixes = {code[:digits] for code in codes}
        if len(prefixes) == 1:
            return told, prefixes.pop().ljust(_DIGITS, "0")
    return told, told[:4].ljust(_DIGITS, "0")


def _acted(row: ListedPerson) -> list[Todo]:
    if row.household_id is None:
        return []
    return acted_upon(lists()[row.list_name].todo, row.place_code, row.household_id)
