"""One code: issued, replaced, revoked."""

from __future__ import annotations

from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from yimaqing.domains.audit.actions import Actor, record
from yimaqing.domains.codes.kinds import cards
from yimaqing.domains.codes.models import Code, State


class AlreadyIssued(ValueError):
    """The subject has an active code."""


class UnknownSubject(ValueError):
    """There is nothing of this kind at this place, or not within scope."""


class CodeNotActive(ValueError):
    """The code was revoked or replaced before."""


class ReasonMissing(ValueError):
    """A code is revoked or replaced for a reason that is written down."""


def issue(
    *,
    kind: str,
    place_code: str,
    subject_id: int = 0,
    by: Actor | None,
    actor: str = "",
    using: str = "default",
) -> Code:
    """A code for a subject that has no active one. Raises UnknownSubject, AlreadyIssued."""
    with transaction.atomic(using=using):
        if not _exists(kind, place_code, subject_id, using):
            raise UnknownSubject(f"{kind} {place_code} {subject_id}")
        code = _insert(kind, place_code, subject_id, _who(by, actor), using)
        _record("codes.issued", code, by, actor, using, after={"state": code.state})
    return code


def reissue(
    *, code: Code, reason: str, by: Actor | None, actor: str = "", using: str = "default"
) -> Code:
    """A new code in the place of an active or revoked one, which then leads nowhere.

    Raises ReasonMissing, CodeNotActive for a code that has a successor already, and
    AlreadyIssued where a revoked one's subject has another active code.
    """
    _require(reason)
    with transaction.atomic(using=using):
        old = Code.objects.using(using).select_for_update().get(pk=code.pk)
        if old.state == State.REPLACED:
            raise CodeNotActive(old.state)
        before = old.state
        _end(old, State.REPLACED, reason, _who(by, actor), using)
        new = _insert(old.kind, old.place_code, old.subject_id, _who(by, actor), using)
        old.replaced_by = new
        old.save(using=using, update_fields=["replaced_by"])
        _record(
            "codes.reissued",
            old,
            by,
            actor,
            using,
            before={"state": before},
            after={"state": old.state, "replaced_by": new.pk, "reason": reason},
        )
    return new


def revoke(
    *, code: Code, reason: str, by: Actor | None, actor: str = "", using: str = "default"
) -> Code:
    """End a code without a successor. Raises ReasonMissing, CodeNotActive."""
    _require(reason)
    with transaction.atomic(using=using):
        old = Code.objects.using(using).select_for_update().get(pk=code.pk)
        if old.state != State.ACTIVE:
            raise CodeNotActive(old.state)
        _end(old, State.REVOKED, reason, _who(by, actor), using)
        _record(
            "codes.revoked",
            old,
            by,
            actor,
            using,
            before={"state": State.ACTIVE},
            after={"state": old.state, "reason": reason},
        )
    return old


def _exists(kind: str, place_code: str, subject_id: int, using: str) -> bool:
    card = cards().get(kind)
    if card is None:
        return False
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT FROM ({card.subjects_sql}) AS s (place_code, subject_id)"
            " WHERE subject_id = %(subject)s)",
            {"low": place_code, "high": place_code + "\x01", "subject": subject_id},
        )
        (found,) = cursor.fetchone()
    return bool(found)


def _insert(kind: str, place_code: str, subject_id: int, who: str, using: str) -> Code:
    """Raise AlreadyIssued: the unique index decides, also between two who ask at once."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT codes_new_token()")
        (token,) = cursor.fetchone()
    code = Code(
        token=token,
        kind=kind,
        place_code=place_code,
        subject_id=subject_id,
        household_id=subject_id if kind == "household" else None,
        issued_by=who,
    )
    try:
        with transaction.atomic(using=using):  # the caller's transaction goes on being usable
            code.save(using=using, force_insert=True)
    except IntegrityError as error:
        if "codes_code_one_active" not in str(error):
            raise
        raise AlreadyIssued(f"{kind} {place_code} {subject_id}") from error
    return code


def _end(code: Code, state: State, reason: str, who: str, using: str) -> None:
    code.state = state
    code.ended_at = timezone.now()
    code.ended_by = who
    code.reason = reason.strip()
    code.save(using=using, update_fields=["state", "ended_at", "ended_by", "reason"])


def _require(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing


def _who(by: Actor | None, actor: str) -> str:
    return f"user:{by.pk}" if by is not None else actor


def _record(
    action: str,
    code: Code,
    by: Actor | None,
    actor: str,
    using: str,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    record(
        action=action,
        by=by,
        actor=actor,
        place_code=code.place_code,
        household_id=code.household_id,
        subject=("code", code.pk),
        before=before,
        after=after,
        using=using,
    )
