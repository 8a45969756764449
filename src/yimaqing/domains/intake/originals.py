"""The file as it was sent, kept sealed: opened with a purpose, and logged."""

from __future__ import annotations

from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.audit.actions import record
from yimaqing.domains.intake.models import Batch
from yimaqing.kit.crypto import keyring
from yimaqing.kit.files import open_stored

FOLDER = "intake"
MOST_CHARACTERS = 200


class PurposeMissing(ValueError):
    """A kept file is opened only with a purpose."""


class NotKept(LookupError):
    """The file is no longer on this machine's disk."""


def open_original(*, batch: Batch, by: User, purpose: str) -> BinaryIO:
    """The kept original as a stream, clear. Raise PurposeMissing, NotKept, CannotOpen."""
    if not purpose.strip():
        raise PurposeMissing(_("请写明打开原文件的用途。"))
    path = settings.FILES / batch.stored_as
    if not is_kept(batch):
        raise NotKept(_("原文件不在本机上，请管理员从备份恢复。"))
    log_opening(batch=batch, by=by, purpose=purpose, action="intake.original_opened")
    return open_stored(path, keyring(settings.DATA_KEYS))


def is_kept(batch: Batch) -> bool:
    """Whether the original lies on this machine's disk."""
    return (settings.FILES / batch.stored_as).is_file()


def log_opening(*, batch: Batch, by: User, purpose: str, action: str) -> None:
    """Write down that a file with personal data was taken out."""
    with transaction.atomic():
        record(
            action=action,
            by=by,
            place_code=batch.place_code,
            subject=("batch", batch.pk),
            purpose=purpose.strip()[:MOST_CHARACTERS],
        )
