"""Asking for an export, giving it up, taking it along: each with who, what, why and how many."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import home_place, permissions_of
from yimaqing.domains.audit.actions import record
from yimaqing.domains.lists.actions.questions import sealed
from yimaqing.domains.lists.asking import Question
from yimaqing.domains.lists.models import Export, State
from yimaqing.domains.lists.rights import export_scope
from yimaqing.kit.listing import Listing

FORMATS = ("xlsx", "csv", "parquet")
UNMASK = "registry.unmask"
_LONGEST_PURPOSE = 200


class PurposeMissing(ValueError):
    """A list leaves the system for a purpose that is written down."""


class NotAllowed(PermissionError):
    """The user's role does not export, or not in clear."""


@transaction.atomic
def ask_export(
    *, listing: Listing, question: Question, file_format: str, purpose: str, clear: bool, by: User
) -> Export:
    """An export that waits to be written. Raise PurposeMissing, NotAllowed, ValueError.

    ``clear`` opens names and sealed values; whether rows show them all is asked again row by
    row when it is written.
    """
    if file_format not in FORMATS:
        raise ValueError(file_format)
    scope = export_scope(listing, by)
    if not (scope.ranges or scope.household_ids):
        raise NotAllowed(_("你的角色不能导出名单。"))
    if clear and UNMASK not in permissions_of(by):
        raise NotAllowed(_("你的角色不能导出完整信息，请导出遮盖后的名单。"))
    why = "".join(one for one in " ".join(purpose.split()) if one.isprintable())
    if not why:
        raise PurposeMissing(_("请写明导出用途。"))
    export = Export.objects.create(
        user_id=by.pk,
        listing=listing.slug,
        question_sealed=sealed(question.as_json()),
        format=file_format,
        purpose=why[:_LONGEST_PURPOSE],
        clear=clear,
        language=get_language() or "zh-hans",
    )
    record(
        action="lists.export_asked",
        by=by,
        place_code=question.place or home_place(by),
        subject=("export", export.pk),
        purpose=export.purpose,
        after={"listing": listing.slug, "format": file_format, "clear": clear},
    )
    return export


@transaction.atomic
def cancel_export(*, export: Export, by: User) -> Export:
    """Give it up; the job that writes it notices. One that ended stays as it ended."""
    held = Export.objects.select_for_update().get(pk=export.pk, user_id=by.pk)
    if held.state not in {State.WAITING, State.RUNNING}:
        return held
    held.state, held.finished_at = State.CANCELLED, timezone.now()
    held.save(update_fields=["state", "finished_at"])
    record(
        action="lists.export_cancelled",
        by=by,
        place_code=home_place(by),
        subject=("export", export.pk),
    )
    return held


@transaction.atomic
def log_download(*, export: Export, by: User) -> None:
    """Log that the file was taken along."""
    record(
        action="lists.export_downloaded",
        by=by,
        place_code=home_place(by),
        subject=("export", export.pk),
        purpose=export.purpose,
        after={"listing": export.listing, "rows": export.written, "clear": export.clear},
    )
