"""The audit trail: entries are only ever added; a sealer chains them after commit."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Entry(models.Model):
    """One act: who did what, to what, where, why, with the values before and after."""

    at = models.DateTimeField(db_default=Now())
    xact = models.BigIntegerField(help_text="transaction that wrote it, for the sealer's order")
    actor = models.TextField(help_text="user:<id>, system:<command> or stranger")
    user_id = models.BigIntegerField(null=True)
    action = models.TextField()
    place_code = models.TextField(default="0", db_collation="C")
    household_id = models.BigIntegerField(null=True)
    subject_kind = models.TextField(blank=True, default="")
    subject_id = models.TextField(blank=True, default="")
    purpose = models.TextField(blank=True, default="")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["household_id", "id"], name="audit_entry_household"),
            models.Index(fields=["place_code", "id"], name="audit_entry_place"),
            models.Index(fields=["user_id", "id"], name="audit_entry_user"),
            models.Index(fields=["xact", "id"], name="audit_entry_order"),
        ]


class Seal(models.Model):
    """A link of the chain: HMAC over the previous link and the entry.

    ``xact`` and ``entry_id`` repeat the entry's, so that a missing entry can be named.
    """

    seq = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    xact = models.BigIntegerField()
    era = models.SmallIntegerField(
        default=1, help_text="transaction numbers start again after a restore elsewhere"
    )
    key_id = models.SmallIntegerField(default=0, help_text="key of YIMAQING_DATA_KEY")
    link = models.BinaryField()
    sealed_at = models.DateTimeField(db_default=Now())


class RetiredKey(models.Model):
    """The chain's key of a data key that is no longer configured."""

    key_id = models.SmallIntegerField(primary_key=True)
    sealed = models.BinaryField(help_text="with the newest data key")
