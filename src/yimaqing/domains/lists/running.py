"""Taking an export from asked to written, whoever does it: the page, a job, the operator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.audit.actions import record
from yimaqing.domains.lists.actions import opened, sealed
from yimaqing.domains.lists.asking import from_json
from yimaqing.domains.lists.catalogue import listing as listing_named
from yimaqing.domains.lists.models import Export, State
from yimaqing.domains.lists.producing import FOLDER, Cancelled, Task, write
from yimaqing.domains.lists.rights import export_scope, holds_still, posts_of
from yimaqing.kit.rowscope import scoped, set_scope

#: A file that nobody fetched for so long is deleted.
KEPT_FOR = dt.timedelta(days=7)
#: Beside the question of a written export: the posts by which its user saw what is in it.
POSTS = "posts"
_OWNER = "owner"


def run_now(export: Export, *, by: User) -> Export:
    """Write a small export inside the request that asked for it, whose scope becomes its own."""
    set_scope(export_scope(listing_named(export.listing), by))
    return _written(export, by, told=lambda _rows: None, using="default")


def run_export(export_id: int) -> str:
    """Write an export in a scope of its own; its state afterwards.

    Done again after a kill, it begins anew: what a dead worker wrote was never offered. The
    user's posts of this moment decide what it holds.
    """
    export = Export.objects.using(_OWNER).get(pk=export_id)
    with translation.override(export.language):
        try:
            return _run(export)
        except (OperationalError, InterfaceError):  # the job is done again
            raise
        except Exception:  # whatever else would fail again: its reader waits for an answer
            _end(export, State.FAILED, _("写文件时出错"))
            raise


def _run(export: Export) -> str:
    user = User.objects.filter(pk=export.user_id, is_active=True).first()
    scope = export_scope(listing_named(export.listing), user) if user else None
    if user is None or scope is None or not (scope.ranges or scope.household_ids):
        return _end(export, State.FAILED, _("提出导出的人已没有这项权限"))
    if not _waiting(export.pk).update(state=State.RUNNING, written=0):
        return Export.objects.using(_OWNER).get(pk=export.pk).state
    try:
        with scoped(scope):
            return _written(export, user, told=partial(_progress, export.pk), using=_OWNER).state
    except Cancelled:
        return Export.objects.using(_OWNER).get(pk=export.pk).state


def _written(export: Export, user: User, *, told: Callable[[int], None], using: str) -> Export:
    listing = listing_named(export.listing)
    asked = opened(export.question_sealed)
    task = Task(
        listing=listing,
        question=from_json(listing, asked),
        viewer=user,
        file_format=export.format,
        purpose=export.purpose,
        number=export.number,
        clear=export.clear,
        keeps=export.format == "xlsx" and bool(listing.dataset),
    )
    name = f"{FOLDER}/{export.pk % 100:02d}/{export.number}"
    stored, rows = write(task, settings.FILES / name, told)
    now = timezone.now()
    with transaction.atomic(using=using):
        kept = _waiting(export.pk, using).update(
            state=State.DONE,
            question_sealed=sealed(asked | {POSTS: posts_of(user)}),
            written=rows,
            stored_as=name,
            size=stored.size,
            sha256=stored.sha256,
            finished_at=now,
            expires_at=now + KEPT_FOR,
        )
        if not kept:
            # Another worker may have been faster: its file bears the same name.
            if Export.objects.using(using).get(pk=export.pk).state != State.DONE:
                remove_files(name)
            raise Cancelled
        record(
            action="lists.export_written",
            by=user,
            place_code=task.question.place,
            subject=("export", export.pk),
            purpose=export.purpose,
            after={"listing": listing.slug, "rows": rows, "clear": export.clear},
            using=using,
        )
    return Export.objects.using(using).get(pk=export.pk)


def remove_files(name: str) -> None:
    """The file and what is kept beside it."""
    for path in (settings.FILES / name, settings.FILES / f"{name}.keys"):
        path.unlink(missing_ok=True)


def _progress(export_id: int, rows: int) -> None:
    held = Export.objects.using(_OWNER).filter(pk=export_id, state=State.RUNNING)
    if not held.update(written=rows):
        raise Cancelled


def _waiting(export_id: int, using: str = _OWNER) -> QuerySet[Export]:
    """The export while it has not ended."""
    held = Export.objects.using(using).filter(pk=export_id)
    return held.filter(state__in=[State.WAITING, State.RUNNING])


def _end(export: Export, state: State, why: str) -> str:
    _waiting(export.pk).update(state=state, failure=why, finished_at=timezone.now())
    return Export.objects.using(_OWNER).get(pk=export.pk).state


def give_up(before: dt.datetime) -> int:
    """End those asked for before and never written: their jobs gave up. How many."""
    left = Export.objects.using(_OWNER).filter(
        state__in=[State.WAITING, State.RUNNING], asked_at__lt=before
    )
    for export in left:
        with translation.override(export.language):
            _end(export, State.FAILED, _("写文件时出错"))
    return len(left)


def may_take(export: Export, by: User) -> bool:
    """Whether the file may leave: its user holds every post that he held when it was written."""
    before = opened(export.question_sealed).get(POSTS)
    return isinstance(before, dict) and holds_still(by, before)
