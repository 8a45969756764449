"""Receiving files, letting a dry run become the real thing, and sealing what is kept anew."""

from __future__ import annotations

import datetime as dt
import os
import uuid
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from yimaqing.domains.accounts.models import User
from yimaqing.domains.audit.actions import record
from yimaqing.domains.intake import staging
from yimaqing.domains.intake.catalogue import AUTO
from yimaqing.domains.intake.catalogue import dataset as dataset_of
from yimaqing.domains.intake.models import FINISHED, Batch, State
from yimaqing.domains.intake.originals import FOLDER
from yimaqing.domains.intake.reading.formats import MOST_BYTES
from yimaqing.domains.intake.running import StillRunning, forget_staged
from yimaqing.domains.intake.undo.keys import seal_kept_anew
from yimaqing.kit.crypto import CannotOpen, Keyring, keyring
from yimaqing.kit.files import CHUNK_BYTES, SealedWriter, Stored, key_of, open_stored, store

__all__ = ["StillRunning", "seal_kept_anew"]


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
    all_or_nothing: bool = False,
    source: str = "",
    as_of: dt.date | None = None,
    sheet: str = "",
    plan: dict[str, Any] | None = None,
    sent_with: int | None = None,
    using: str = "default",
) -> Batch:
    """Register a kept file as a batch that is to be run. Raise UnknownDataset.

    ``dataset`` may be ``auto``: told from the file. ``sheet`` names one of a workbook, ``plan``
    says which column is which, ``sent_with`` is the first batch of the same upload.

    ``source`` is what pages show beside the facts; ``as_of`` the day that they hold for
    (today). Each call makes a batch of its own: whether an interrupted one of the same file
    should be continued instead, the caller asks with ``unfinished``. With ``all_or_nothing`` one
    row that is refused leaves it checked, nothing written.
    """
    default_source = dataset_of(dataset).source if dataset != AUTO else ""
    actor = f"user:{by.pk}" if by else "system:import"
    with transaction.atomic(using=using):
        batch = Batch.objects.using(using).create(
            dataset=dataset,
            file_name=Path(file_name).name[:200],
            file_size=stored.size,
            sha256=stored.sha256,
            stored_as=str(stored.path.relative_to(settings.FILES)),
            source=source.strip() or default_source,
            as_of=as_of or timezone.localdate(),
            user_id=by.pk if by else None,
            actor=actor,
            dry_run=dry_run,
            all_or_nothing=all_or_nothing,
            sheet=sheet,
            plan=plan,
            sent_with=sent_with,
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


def receive_together(
    files: Sequence[tuple[str, Stored]], *, using: str = "default", **asked: Any
) -> list[Batch]:
    """Register the files of one upload, by name and content: those that need others wait for
    them. ``asked`` is what ``receive`` takes beside.
    """
    with transaction.atomic(using=using):
        batches: list[Batch] = []
        for name, stored in files:
            first = batches[0].pk if batches else None
            batches.append(
                receive(file_name=name, stored=stored, sent_with=first, using=using, **asked)
            )
        if len(batches) > 1:
            batches[0].sent_with = batches[0].pk
            batches[0].save(using=using, update_fields=["sent_with"])
    return batches


def apply_checked(*, batch: Batch, by: User | None, using: str = "default") -> Batch:
    """Let a dry run that went through be applied; it compares again when it runs.

    Raise NothingToApply for a batch that is not a finished dry run.
    """
    with transaction.atomic(using=using):
        held = Batch.objects.using(using).select_for_update().get(pk=batch.pk)
        if held.state != State.CHECKED:
            raise NothingToApply(str(held.pk))
        # A returned list is held against the register once more: it may be long since.
        held.state = State.RECEIVED if held.returned else State.APPLYING
        held.dry_run, held.finished_at = False, None
        # Whoever has read the report lets in what can be; rows refused since would stop it again.
        held.all_or_nothing = held.all_or_nothing and not held.rejected
        held.save(using=using, update_fields=["state", "dry_run", "finished_at", "all_or_nothing"])
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
    *,
    dataset: str,
    sha256: str,
    user_id: int | None,
    dry_run: bool,
    sheet: str = "",
    using: str = "default",
) -> Batch | None:
    """The newest batch of the same file that was interrupted, to be continued."""
    named = {} if dataset == AUTO else {"dataset": dataset}
    return (
        Batch.objects.using(using)
        .filter(**named, sha256=sha256, user_id=user_id, dry_run=dry_run, waits_for=None)
        .filter(Q(sheet=sheet) if sheet else Q(sent_with=None) | Q(sent_with=F("pk")))
        .exclude(state__in=FINISHED)
        .order_by("-pk")
        .first()
    )


def seal_files_anew() -> int:
    """Seal every kept file that another key sealed with the newest key; how many there were.

    Files of other domains too (exports, labels): whatever lies below the files directory is
    sealed. Each is written anew beside the old one, in pieces, and takes its name when it is
    whole and on disk. Killed at any point, run again. Raise CannotOpen, naming the files, when
    some are damaged or their key is missing; the others are done by then.
    """
    ring = keyring(settings.DATA_KEYS)
    done, damaged = 0, []
    for path in sorted(settings.FILES.rglob("[!.]*")):
        if path.is_dir():
            continue
        try:
            if key_of(path) != ring.keys[0][0]:
                _seal_anew(path, ring)
                done += 1
        except FileNotFoundError:
            continue  # an orphan that was tidied away meanwhile
        except CannotOpen as error:
            damaged.append(f"{path.relative_to(settings.FILES)}: {error}")
    if damaged:
        raise CannotOpen("; ".join(damaged))
    return done


def _seal_anew(path: Path, ring: Keyring) -> None:
    with open_stored(path, ring) as old:
        pieces = iter(partial(old.read, CHUNK_BYTES), b"")
        store(pieces, path, ring, limit=path.stat().st_size)  # sealed, it is larger than clear
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the new name, before anybody throws the old key away
    finally:
        os.close(folder)


def forget_staged_rows() -> int:
    """Drop what batches have read but not applied: it is sealed and indexed by older keys.

    Returns how many batches will read their file again. Raise StillRunning, naming the batch,
    while one is being imported.
    """
    held = Batch.objects.using("owner").exclude(state__in=(State.APPLIED, State.UNUSABLE))
    staged = [number for number in held.values_list("pk", flat=True) if staging.exists(number)]
    for number in staged:
        forget_staged(number)
    return len(staged)
