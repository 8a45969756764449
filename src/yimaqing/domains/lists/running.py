"""Taking an export from asked to written, whoever does it: the page, a job, the operator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.audit.actions import record
from yimaqing.domains.lists.actions import opened
from yimaqing.domains.lists.asking import from_json
from yimaqing.domains.lists.catalogue import listing as listing_named
from yimaqing.domains.lists.models import Export, State
from yimaqing.domains.lists.producing import FOLDER, Cancelled, Task, write
from yimaqing.kit.rowscope import ScopeMissing, scoped

#: A file that nobody fetched for so long is deleted.
KEPT_FOR = dt.timedelta(days=7)
ENDED = (State.DONE, State.CANCELLED, State.FAILED, State.EXPIRED)
_OWNER = "owner"


def run_now(export: Export, *, by: User) -> Export:
    """Write a small export inside the request that asked for it."""
    return _written(export, by, told=lambda _rows: None, using="default")


def run_export(export_id: int) -> str:
    """Write an export in a scope of its own; its state afterwards.

    Done again after a kill, it begins anew: what a dead worker wrote was never offered. The
    user's posts of this moment decide what it holds.
    """
    export = Export.objects.using(_OWNER).get(pk=export_id)
    if export.state in ENDED:
        return export.state
    user = User.objects.filter(pk=export.user_id, is_active=True).first()
    listing = listing_named(export.listing)
    scope = scope_of(user, listing.permission) if user else None
    if user is None or scope is None or not (scope.ranges or scope.household_ids):
        return _fail(export, _("提出导出的人已没有这项权限"))
    _mark(export, state=State.RUNNING, written=0)
    try:
        with scoped(scope), translation.override(export.language):
            return _written(export, user, told=partial(_progress, export.pk), using=_OWNER).state
    except Cancelled:
        return State.CANCELLED
    except ScopeMissing:
        return _fail(export, _("提出导出的人已没有这项权限"))


def _written(export: Export, user: User, *, told: Callable[[int], None], using: str) -> Export:
    listing = listing_named(export.listing)
    task = Task(
        listing=listing,
        question=from_json(listing, opened(export.question_sealed)),
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
        changed = Export.objects.using(using).filter(
            pk=export.pk, state__in=[State.WAITING, State.RUNNING]
        )
        kept = changed.update(
            state=State.DONE,
            written=rows,
            stored_as=name,
            size=stored.size,
            sha256=stored.sha256,
            finished_at=now,
            expires_at=now + KEPT_FOR,
        )
        if not kept:
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


def _mark(export: Export, **values: object) -> None:
    Export.objects.using(_OWNER).filter(pk=export.pk).update(**values)


def _fail(export: Export, why: str) -> str:
    _mark(export, state=State.FAILED, failure=why, finished_at=timezone.now())
    return State.FAILED
