"""What users asked of lists: kept questions, saved views, exports.

Questions may name people, so they are sealed. No row of a list is kept here.
"""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

SEALED_FOR = b"lists_asked.question"


class Asked(models.Model):
    """A question that must not stand in an address; its token does. Forgotten after a while."""

    token = models.TextField(unique=True, db_collation="C")
    user_id = models.BigIntegerField()
    listing = models.TextField()
    question_sealed = models.BinaryField()
    asked_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["asked_at"], name="lists_asked_at")]


class View(models.Model):
    """A question saved under a name. ``shared_with``: a place whose users find it too."""

    user_id = models.BigIntegerField()
    listing = models.TextField()
    name = models.TextField()
    question_sealed = models.BinaryField()
    shared_with = models.TextField(blank=True, default="", db_collation="C")
    saved_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user_id", "listing", "name"], name="lists_view_once")
        ]
        indexes = [models.Index(fields=["listing", "shared_with"], name="lists_view_shared")]


class State(models.TextChoices):
    """How far an export is. It is offered when it is whole."""

    WAITING = "waiting", "等待"
    RUNNING = "running", "正在生成"
    DONE = "done", "已生成"
    CANCELLED = "cancelled", "已取消"
    FAILED = "failed", "未能生成"
    EXPIRED = "expired", "已过期"


class Export(models.Model):
    """One export: who asked for what, why, and the sealed file that came of it."""

    user_id = models.BigIntegerField()
    listing = models.TextField()
    question_sealed = models.BinaryField()
    format = models.TextField()
    purpose = models.TextField()
    clear = models.BooleanField(default=False, help_text="sealed values opened")
    language = models.TextField(default="zh-hans")
    state = models.TextField(choices=State, default=State.WAITING)
    written = models.IntegerField(default=0, help_text="rows so far")
    stored_as = models.TextField(blank=True, default="", help_text="below the files directory")
    size = models.BigIntegerField(default=0, help_text="bytes")
    sha256 = models.TextField(blank=True, default="")
    failure = models.TextField(blank=True, default="")
    asked_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user_id", "-id"], name="lists_export_user")]

    @property
    def number(self) -> str:
        """What is printed on every page: DC and the number."""
        return f"DC{self.pk:08d}"
