"""Receiving files, and letting a dry run become the real thing."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from yimaqing.domains.accounts.models import User
from yimaqing.domains.audit.actions import record
from yimaqing.domains.intake.catalogue import dataset as dataset_of
from yimaqing.domains.intake.models import FINISHED, Batch, State
from yimaqing.domains.intake.reading.formats import MOST_BYTES
from yimaqing.kit.crypto import keyring
from yimaqing.kit.files import SealedWriter, Stored

FOLDER = "intake"


class NothingToApply(ValueError):
    """Only a finished dry run can be applied."""


def new_writer() -> SealedWriter:
    """Where the bytes of a new file go as they arrive."""
    path = settings.FILES / FOLDER / f"{timezone.localdate():%Y/%m}" / f"{uuid.uuid4()}.sealed"
    return SealedWriter(path, keyring(settings.DATA_KEYS), limit=MOST_BYTES)


def keep_file(chunks: Iterable[bytes]) -> Stored:
    """Seal a file as it comes. Raise TooLarge, leaving nothing, beyond the bound."""
    with new_writer() as writer:
        for chunk in chunks:
            writer.write(chunk)
        return writer.finish()


def receive(
    *,
    dataset: str,
    file_name: str,
    stored: Stored,
    by: User | None,
    dry_run: bool = False,
    source: str = "",
    as_of: dt.date | None = None,
    using: str = "default",
) -> Batch:
    """Register a kept file as a batch that is to be run. Raise UnknownDataset.

    ``source`` is what pages show beside the facts; ``as_of`` the day that they hold for
    (today). Each call makes a batch of its own: whether an interrupted one of the same file
    should be continued instead, the caller asks with ``unfinished``.
    """
    kind = dataset_of(dataset)
    actor = f"user:{by.pk}" if by else "system:import"
    with transaction.atomic(using=using):
        batch = Batch.objects.using(using).create(
            dataset=dataset,
            file_name=Path(file_name).name[:200],
            file_size=stored.size,
            sha256=stored.sha256,
            stored_as=str(stored.path.relative_to(settings.FILES)),
            source=source.strip() or kind.source,
            as_of=as_of or timezone.localdate(),
            user_id=by.pk if by else None,
            actor=actor,
            dry_run=dry_run,
        )
        record(
            action="intake.file_received",
            by=by,
            actor="" if by else actor,
            subject=("batch", batch.pk),
            after={"dataset": dataset, "sha256": stored.sha256, "bytes": stored.size},
            using=using,
        )
    return batch


def apply_checked(*, batch: Batch, by: User | None, using: str = "default") -> Batch:
    """Let a dry run that went through be applied; it compares again when it runs.

    Raise NothingToApply for a batch that is not a finished dry run.
    """
    with transaction.atomic(using=using):
        held = Batch.objects.using(using).select_for_update().get(pk=batch.pk)
        if held.state != State.CHECKED:
            raise NothingToApply(str(held.pk))
        held.state, held.dry_run, held.finished_at = State.APPLYING, False, None
        held.save(using=using, update_fields=["state", "dry_run", "finished_at"])
        record(
            action="intake.apply_requested",
            by=by,
            actor="" if by else held.actor,
            place_code=held.place_code,
            subject=("batch", held.pk),
            using=using,
        )
    return held


def unfinished(
    *, dataset: str, sha256: str, user_id: int | None, dry_run: bool, using: str = "default"
) -> Batch | None:
    """The newest batch of the same file that was interrupted, to be continued."""
    return (
        Batch.objects.using(using)
        .filter(dataset=dataset, sha256=sha256, user_id=user_id, dry_run=dry_run)
        .exclude(state__in=FINISHED)
        .order_by("-pk")
        .first()
    )
