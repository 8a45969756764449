"""What a reviewer decides about a pair: the same, different, later; and un-merging."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.actions import leave_merger
from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import may
from yimaqing.domains.audit.actions import record
from yimaqing.domains.codes.actions import restore_after_merger
from yimaqing.domains.registry import permissions
from yimaqing.domains.registry.duplicates import ACTOR, REVIEW_PAIR
from yimaqing.domains.registry.duplicates.ledger import take_back
from yimaqing.domains.registry.duplicates.merging import (
    CannotMerge,
    find_by_new_name,
    merge_households,
    merge_persons,
    remember,
    tell,
)
from yimaqing.domains.registry.duplicates.review import WAITING
from yimaqing.domains.registry.models import Decision, Duplicate, Household, Merge
from yimaqing.domains.work.actions import drop_todo, settle_todo
from yimaqing.domains.work.queries import State, Todo


class CannotUnmerge(ValueError):
    """The merge was undone before, or the record is needed as it is; the text says why."""


@transaction.atomic
def decide(*, duplicate: Duplicate, state: str, note: str, by: User) -> Duplicate:
    """Different (never proposed again) or later; the merge itself decides ``same``.

    Raise PermissionDenied where the user may not decide about both.
    """
    held = _waiting(duplicate, by)
    if state not in {Decision.DIFFERENT, Decision.LATER}:
        raise CannotMerge(_("请选择“不同”或“以后再看”。"))
    _decided(held, state, by, note)
    record(
        action="registry.duplicate_decided",
        by=by,
        place_code=held.place_code,
        household_id=held.household_id,
        subject=("duplicate", held.pk),
        purpose=note.strip(),
        after={"decision": state},
    )
    return held


@transaction.atomic
def merge(
    *,
    duplicate: Duplicate,
    keep: int,
    by: User | None,
    take: Collection[str] = (),
    reason: str = "",
) -> Merge:
    """Make one record of the two; ``keep`` is the subject's number that stays.

    ``take`` names fields (ledger.EXCHANGED) whose value comes from the other record. The other
    stays as an invalid record with its own number, so that a list that names it later is
    led to the one kept. Raise CannotMerge, and PermissionDenied without the right at both.
    """
    held = _waiting(duplicate, by)
    if keep not in {held.left_id, held.right_id}:
        raise CannotMerge(_("请选择保留哪一份。"))
    lost = held.right_id if keep == held.left_id else held.left_id
    if held.kind == "person":
        made = merge_persons(keep=keep, lose=lost, take=take, by=by, reason=reason)
    else:
        made = merge_households(
            keep=keep,
            lose=lost,
            members=held.reasons.get("members", []),
            take=take,
            by=by,
            reason=reason,
        )
    _decided(held, Decision.SAME, by, reason)
    _forget_others(held, by)
    return made


@transaction.atomic
def unmerge(*, merge: Merge, by: User | None, reason: str) -> int:
    """Make two records again; the number of rows that somebody changed since and that stay.

    Raise CannotUnmerge, and PermissionDenied without the right at both.
    """
    held = Merge.objects.select_for_update().get(pk=merge.pk)
    _allow(by, held)
    if held.undone_at is not None:
        raise CannotUnmerge(_("这次合并已经撤销过。"))
    if held.parent_id is not None:
        raise CannotUnmerge(_("此人随户一起合并，请撤销户的合并。"))
    later = Merge.objects.filter(kind=held.kind, undone_at=None, pk__gt=held.pk)
    if later.filter(Q(kept_id__in=[held.kept_id, held.lost_id]) | Q(lost_id=held.kept_id)).exists():
        raise CannotUnmerge(_("这份资料之后又合并过，请先撤销后一次合并。"))
    try:
        with transaction.atomic():
            left = _undo(held, by)
            for child in Merge.objects.filter(parent=held, undone_at=None).order_by("-pk"):
                left += _undo(child, by)
    except IntegrityError as error:
        raise CannotUnmerge(_("合并之后，该证件号码又登记给了另一人，请先核对该号码。")) from error
    Duplicate.objects.filter(
        kind=held.kind, left_id__in=_subjects(held), right_id__in=_subjects(held)
    ).update(state=Decision.LATER, decided_at=timezone.now(), decided_by=by.pk if by else None)
    record(
        action=f"registry.{held.kind}s_unmerged",
        by=by,
        actor=ACTOR,
        place_code=held.place_code,
        household_id=held.household_id,
        subject=(held.kind, held.kept_id),
        purpose=reason.strip(),
        after={"former_number": held.former_number, "left": left},
    )
    tell(held, by)
    return left


def _undo(held: Merge, by: User | None) -> int:
    left = 0
    for entry in reversed(held.ledger):
        if "codes" in entry:
            [place] = Household.objects.filter(pk=held.lost_id).values_list("place_code", flat=True)
            restore_after_merger(
                code_ids=entry["codes"], household_id=held.lost_id, place_code=place
            )
        elif "helpers" in entry:
            leave_merger(
                assignment_ids=entry["helpers"], household_id=entry["household"], actor=ACTOR
            )
        else:
            left += take_back(entry)
    if held.kind == "person" and "name" in held.fields:
        find_by_new_name(held.kept_id)
    earlier = Merge.objects.filter(kind=held.kind, kept_id=held.lost_id, undone_at=None)
    earlier.update(kept_number=held.former_number)
    held.undone_at, held.undone_by = timezone.now(), by.pk if by else None
    held.save(update_fields=["undone_at", "undone_by"])
    remember(held, "unmerged", by, {})
    return left


def _forget_others(held: Duplicate, by: User | None) -> None:
    """Other pairs of a record that is merged now are looked at again by the next search."""
    subjects = [held.left_id, held.right_id]
    others = Duplicate.objects.filter(
        Q(left_id__in=subjects) | Q(right_id__in=subjects),
        kind=held.kind,
        state__in=[Decision.OPEN, Decision.LATER],
    ).exclude(pk=held.pk)
    for other in others:
        other.state = Decision.GONE
        other.save(update_fields=["state"])
        waiting = Todo.objects.filter(
            kind=REVIEW_PAIR, subject_kind="duplicate", subject_id=str(other.pk), state=State.OPEN
        ).first()
        if waiting:
            drop_todo(todo=waiting, reason=_("其中一份已合并"), by=by, actor=ACTOR)


def _decided(held: Duplicate, state: str, by: User | None, note: str) -> None:
    held.state, held.note = state, note.strip()
    held.decided_at, held.decided_by = timezone.now(), by.pk if by else None
    held.save(update_fields=["state", "note", "decided_at", "decided_by"])
    if state == Decision.LATER:
        return
    said: Mapping[str, str] = {Decision.SAME: _("已合并"), Decision.DIFFERENT: _("不是同一个")}
    subject = ("duplicate", held.pk)
    why = note.strip() or said[state]
    settle_todo(kind=REVIEW_PAIR, subject=subject, reason=why, by=by, actor=ACTOR)


def _waiting(duplicate: Duplicate, by: User | None) -> Duplicate:
    """The pair, locked. Raise CannotMerge where somebody was faster, PermissionDenied."""
    held = Duplicate.objects.select_for_update().get(pk=duplicate.pk)
    _allow(by, held)
    if held.state not in WAITING:
        raise CannotMerge(_("这一对已有结论，请刷新后再看。"))
    return held


def _subjects(held: Merge) -> list[int]:
    return [held.kept_id, held.lost_id]


def _allow(by: User | None, held: Duplicate | Merge) -> None:
    """Both households within the right to merge; the system itself may always."""
    if by is None:
        return
    for place, household in (
        (held.place_code, held.household_id),
        (held.other_place, held.other_household_id),
    ):
        if not may(by, permissions.MERGE, place, household):
            raise PermissionDenied(_("你的角色不能处理这一对资料，请交由能看到两户的上级核对。"))
