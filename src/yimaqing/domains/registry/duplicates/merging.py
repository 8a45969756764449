"""Two records become one; deciding.py says when, and makes two of them again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.actions import follow_merger
from yimaqing.domains.accounts.models import User
from yimaqing.domains.audit.actions import record
from yimaqing.domains.codes.actions import end_for_merger
from yimaqing.domains.registry.actions.members import settle_members
from yimaqing.domains.registry.departments.kinds import ASKED
from yimaqing.domains.registry.duplicates import ACTOR
from yimaqing.domains.registry.duplicates.ledger import (
    EXCHANGED,
    Entry,
    exchange,
    move,
    put,
    told_of,
)
from yimaqing.domains.registry.events import household_changed
from yimaqing.domains.registry.models import (
    Change,
    Household,
    Merge,
    Person,
    PersonGram,
)
from yimaqing.domains.registry.tasks import ask_for_links
from yimaqing.kit.ids import grams

#: What follows a household into another, in an order that its keys allow.
_FACTS = (
    *("yearlyincome", "livingcondition", "measure", "payment", "pairing", "reading"),
    "listedperson",
)


#: What waits for somebody to look is asked again of the household where the row is now.
_WEIGH_AGAIN = (
    "UPDATE registry_listedperson l SET weighed_at = NULL WHERE l.household_id = ANY(%(homes)s)"
    f" AND {ASKED.format(whose='w.household_id = ANY(%(homes)s)')}"
)


class CannotMerge(ValueError):
    """The two cannot become one as they stand; the text says why."""


def merge_persons(
    *,
    keep: int,
    lose: int,
    take: Collection[str],
    by: User | None,
    reason: str,
    parent: Merge | None = None,
) -> Merge:
    """Make one person of two; what was observed of and paid to the other becomes his."""
    kept, lost = _two(Person, keep, lose)
    homes = (lost.household_id, kept.household_id)
    who = (lost.pk, kept.pk)
    ledger: list[Entry] = [put("registry_person", lost.pk, "valid", new=False)]
    for household in {kept.household_id, lost.household_id}:
        if _head_of(household) == lost.pk:
            stays = kept.pk if household == kept.household_id and "relation" in take else None
            ledger.append(put("registry_household", household, "head_person_id", stays))
    ledger += [
        move("registry_reading", household=homes, person=who),
        move("registry_payment", household=homes, person=who),
        move("registry_listedperson", household=homes, person=who),
    ]
    made = _close(kept, lost, "person", take, ledger, by, reason, parent)
    if "name" in take:
        find_by_new_name(kept.pk)
    if parent is None:
        tell(made, by)
    return made


def merge_households(
    *,
    keep: int,
    lose: int,
    members: Collection[Collection[int]],
    take: Collection[str],
    by: User | None,
    reason: str,
) -> Merge:
    """Make one household of two: members who stand in both become one, the others move."""
    kept, lost = _two(Household, keep, lose)
    made = Merge.objects.create(**_ends(kept, lost, "household", by, reason))
    for pair in members:
        here = Person.objects.filter(pk__in=pair, household_id=kept.pk, valid=True).first()
        there = Person.objects.filter(pk__in=pair, household_id=lost.pk, valid=True).first()
        if here and there:
            merge_persons(keep=here.pk, lose=there.pk, take=(), by=by, reason=reason, parent=made)
    homes = (lost.pk, kept.pk)
    ledger = [
        put("registry_household", lost.pk, "head_person_id", None),
        put("registry_household", lost.pk, "valid", new=False),
        move("registry_person", household=homes, where="t.valid"),
        *(move(f"registry_{table}", household=homes) for table in _FACTS),
    ]
    codes = end_for_merger(
        household_id=lost.pk,
        into=kept.pk,
        place_code=kept.place_code,
        who=_who(by),
        reason=_("户已合并"),
    )
    ledger.append({"codes": codes})
    named = follow_merger(household_id=lost.pk, into=kept.pk, actor=ACTOR)
    ledger.append({"helpers": named, "household": kept.pk})
    _finish(made, kept, lost, take, ledger, by)
    tell(made, by)
    return made


def _two(model: Any, keep: int, lose: int) -> tuple[Any, Any]:
    """Both records, locked in the order of their numbers and valid still."""
    found = {
        one.pk: one
        for one in model.objects.select_for_update(no_key=True)
        .filter(pk__in=[keep, lose], valid=True)
        .order_by("pk")
    }
    if len(found) != 2:
        raise CannotMerge(_("其中一份已不在册或已合并，请刷新后再看。"))
    return found[keep], found[lose]


def _head_of(household_id: int) -> int | None:
    return Household.objects.values_list("head_person_id", flat=True).get(pk=household_id)


def _ends(kept: Any, lost: Any, kind: str, by: User | None, reason: str) -> dict[str, Any]:
    """Columns of Merge that name the two."""
    number = f"{kind}_number"
    home = (kept.household_id, lost.household_id) if kind == "person" else (kept.pk, lost.pk)
    return {
        "kind": kind,
        "kept_id": kept.pk,
        "lost_id": lost.pk,
        "place_code": kept.place_code,
        "household_id": home[0],
        "other_place": lost.place_code,
        "other_household_id": home[1],
        "former_number": getattr(lost, number),
        "kept_number": getattr(kept, number),
        "merged_by": by.pk if by else None,
        "reason": reason.strip(),
    }


def _close(
    kept: Any,
    lost: Any,
    kind: str,
    take: Collection[str],
    ledger: list[Entry],
    by: User | None,
    reason: str,
    parent: Merge | None,
) -> Merge:
    made = Merge.objects.create(parent=parent, **_ends(kept, lost, kind, by, reason))
    _finish(made, kept, lost, take, ledger, by)
    return made


def _finish(
    made: Merge, kept: Any, lost: Any, take: Collection[str], ledger: list[Entry], by: User | None
) -> None:
    unknown = set(take) - set(EXCHANGED[made.kind])
    if unknown:
        raise CannotMerge(_("不能选取的项目：%(fields)s") % {"fields": "、".join(sorted(unknown))})
    now, told = timezone.now(), _told(made, take)
    if take:
        ledger.append(put(f"registry_{made.kind}", kept.pk, "changed_at", now))
        ledger.append(exchange(made.kind, kept.pk, lost.pk, sorted(take)))
    made.fields, made.ledger = sorted(take), ledger
    made.save(update_fields=["fields", "ledger"])
    # What was merged into the lost record before is in the kept one now.
    earlier = Merge.objects.filter(kind=made.kind, kept_id=made.lost_id, undone_at=None)
    earlier.update(kept_number=made.kept_number)
    remember(made, "merged", by, told)
    if made.parent_id is None:
        record(
            action=f"registry.{made.kind}s_merged",
            by=by,
            actor=ACTOR,
            place_code=made.place_code,
            household_id=made.household_id,
            subject=(made.kind, made.kept_id),
            purpose=made.reason,
            after={
                "former_number": made.former_number,
                "fields": made.fields,
                "rows": sum(len(entry.get("ids", ())) for entry in ledger),
            },
        )


def _told(made: Merge, fields: Collection[str]) -> dict[int, dict[str, Any]]:
    """By record, what it says before values are exchanged."""
    both = (made.kept_id, made.lost_id)
    return {number: told_of(made.kind, number, sorted(fields)) for number in both}


def remember(
    made: Merge, kind: str, by: User | None, told: Mapping[int, Mapping[str, Any]]
) -> None:
    """One line in the history of the household that keeps, and in that of the other.

    ``told`` are the values that each record gave away.
    """
    for place, household, subject, other in (
        (made.place_code, made.household_id, made.kept_id, made.lost_id),
        (made.other_place, made.other_household_id, made.lost_id, made.kept_id),
    ):
        Change.objects.create(
            place_code=place,
            household_id=household,
            subject_kind=made.kind,
            subject_id=subject,
            kind=kind,
            actor=_who(by),
            source=made.reason,
            before={"other": other, **told.get(subject, {})},
        )


def tell(made: Merge, by: User | None) -> None:
    """To-dos about members, those that lists ask for, and warnings follow what both are now."""
    homes = {made.household_id, made.other_household_id}
    with connection.cursor() as cursor:
        cursor.execute(_WEIGH_AGAIN, {"homes": sorted(homes)})
    transaction.on_commit(ask_for_links)
    for household in Household.objects.filter(pk__in=homes).order_by("pk"):
        settle_members(household, by=by, actor=ACTOR, reason=made.reason or _("合并重复资料"))
        household_changed.send(
            Household, household_id=household.pk, place_code=household.place_code
        )


def find_by_new_name(person_id: int) -> None:
    """Search grams of the name that the person bears now."""
    person = Person.objects.get(pk=person_id)
    PersonGram.objects.filter(person_id=person_id).delete()
    PersonGram.objects.bulk_create(
        PersonGram(
            gram=gram,
            place_code=person.place_code,
            person_id=person.pk,
            household_id=person.household_id,
        )
        for gram in sorted(grams(person.name))
    )


def _who(by: User | None) -> str:
    return f"user:{by.pk}" if by else ACTOR
