"""Batches: one file sent in once, how far it got, what came of it, what was wrong."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class State(models.TextChoices):
    """How far a batch is. A batch is applied as a whole or not at all."""

    RECEIVED = "received", "已接收"
    READING = "reading", "正在读取"
    APPLYING = "applying", "正在入库"
    CHECKED = "checked", "已试运行"
    APPLIED = "applied", "已入库"
    UNUSABLE = "unusable", "文件不可用"


#: States after which nothing more happens by itself.
FINISHED = (State.CHECKED, State.APPLIED, State.UNUSABLE)


class Batch(models.Model):
    """One file sent in. Its original is kept sealed under ``stored_as``."""

    dataset = models.TextField()
    file_name = models.TextField()
    file_size = models.BigIntegerField(help_text="bytes")
    sha256 = models.TextField(help_text="of the file as received, hexadecimal")
    stored_as = models.TextField(help_text="below the files directory")
    source = models.TextField(help_text="where the facts come from, as pages show it")
    as_of = models.DateField(help_text="the day that the facts hold for")
    user_id = models.BigIntegerField(null=True)
    actor = models.TextField()
    place_code = models.TextField(default="0", db_collation="C", help_text="holds all its rows")
    dry_run = models.BooleanField(default=False)
    state = models.TextField(choices=State, default=State.RECEIVED)
    failure = models.JSONField(null=True, help_text="why the file is unusable: code, params")
    columns = ArrayField(models.TextField(), default=list, help_text="columns that the file has")
    row_cursor = models.IntegerField(default=1, help_text="last row read; the header is row 1")
    rows_total = models.IntegerField(default=0)
    rows_staged = models.IntegerField(default=0)
    created = models.IntegerField(default=0)
    updated = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    rejected = models.IntegerField(default=0)
    warned = models.IntegerField(default=0, help_text="remarks on rows that were taken")
    tally = models.JSONField(default=dict, help_text="faults by code and column, all of them")
    tries = models.JSONField(default=dict, help_text="of jobs at the same step: at, count")
    received_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    announced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="intake_batch_counts_reconcile",
                condition=~Q(state__in=[State.CHECKED, State.APPLIED])
                | Q(rows_total=F("created") + F("updated") + F("unchanged") + F("rejected")),
            )
        ]
        indexes = [
            models.Index(fields=["place_code", "-id"], name="intake_batch_place"),
            models.Index(fields=["sha256", "dataset"], name="intake_batch_file"),
        ]

    def __str__(self) -> str:
        return f"{self.dataset} {self.file_name}"

    @property
    def step(self) -> str:
        """How far it is, so that one can see whether it got any further."""
        return f"{self.state}-{self.row_cursor}"

    @property
    def finished(self) -> bool:
        """Whether nothing more happens by itself."""
        return self.state in FINISHED


class RowError(models.Model):
    """What is wrong with one cell; ``row`` as a spreadsheet numbers it, 0 = no single row."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="errors")
    row = models.IntegerField()
    column = models.TextField(help_text="name of the dataset's column")
    value = models.TextField(blank=True, default="", help_text="masked where personal")
    code = models.TextField()
    params = models.JSONField(default=dict)
    warning = models.BooleanField(default=False, help_text="the row is taken nevertheless")
    whole = models.BooleanField(default=False, help_text="found by comparing whole tables")

    class Meta:
        db_table = "intake_error"
        indexes = [models.Index(fields=["batch", "row", "id"], name="intake_error_row")]
