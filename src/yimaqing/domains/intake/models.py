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
    COLUMNS = "columns", "待核对各列"
    CHECKED = "checked", "已试运行"
    APPLIED = "applied", "已入库"
    UNUSABLE = "unusable", "文件不可用"


#: States after which nothing more happens by itself.
FINISHED = (State.COLUMNS, State.CHECKED, State.APPLIED, State.UNUSABLE)


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
    all_or_nothing = models.BooleanField(default=False, help_text="one bad row stops them all")
    keeps = models.BooleanField(default=False, help_text="old values are kept for an undo")
    state = models.TextField(choices=State, default=State.RECEIVED)
    failure = models.JSONField(null=True, help_text="why the file is unusable: code, params")
    columns = ArrayField(models.TextField(), default=list, help_text="columns that the file has")
    sheet = models.TextField(blank=True, default="", help_text="of a workbook; empty: the first")
    plan = models.JSONField(null=True, help_text="which column is which, as chosen or recognised")
    guess = models.JSONField(null=True, help_text="of the columns, to be corrected; masked samples")
    notes = models.JSONField(default=list, help_text="how the sheet was read: code, params")
    sent_with = models.BigIntegerField(null=True, help_text="first batch of the same upload")
    waits_for = models.BigIntegerField(null=True, help_text="batch that must be applied before")
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

    @property
    def took_nothing(self) -> bool:
        """Whether every row of it was refused."""
        return self.state == State.APPLIED and 0 < self.rows_total == self.rejected

    @property
    def returned(self) -> str:
        """Number of the export that this file was before somebody edited it; else empty."""
        return str((self.plan or {}).get("returned", ""))


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


class Preview(models.Model):
    """What a batch does, to look at before or after: some rows, and counts by village."""

    batch = models.OneToOneField(Batch, models.CASCADE, primary_key=True)
    samples = models.JSONField(default=list, help_text="rows with their fields, masked")
    places = models.JSONField(default=list, help_text="place, created, updated, unchanged, rows")


class Kept(models.Model):
    """What a row that a batch updated said before: the owner's alone.

    Sealed values stay sealed, apart from the others, so that a change of keys finds them.
    """

    batch = models.ForeignKey(Batch, models.CASCADE, db_index=False)
    part = models.TextField(default="", help_text="empty: the dataset's own table")
    subject_id = models.BigIntegerField()
    before = models.JSONField(null=True, help_text="by column; null: the row is new")
    sealed = models.JSONField(null=True, help_text="sealed values and their indexes, hexadecimal")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "part", "subject_id"], name="intake_kept_once")
        ]


class UndoState(models.TextChoices):
    """How far an undo is. It is carried out whole or not at all."""

    RECEIVED = "received", "等待处理"
    CHECKED = "checked", "已试算"
    UNDONE = "undone", "已撤销"
    REFUSED = "refused", "不能撤销"


class Undo(models.Model):
    """A batch being taken back: who asked, why, what came of it."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="undos")
    user_id = models.BigIntegerField(null=True)
    actor = models.TextField()
    reason = models.TextField()
    dry_run = models.BooleanField(default=True)
    state = models.TextField(choices=UndoState, default=UndoState.RECEIVED)
    failure = models.JSONField(null=True, help_text="why it is refused: code, params")
    removed = models.IntegerField(default=0, help_text="rows that the batch created")
    restored = models.IntegerField(default=0, help_text="rows with their old values again")
    kept = models.IntegerField(default=0, help_text="rows that stay, wholly or in part")
    notes = models.JSONField(default=dict, help_text="what else goes, by name")
    later = models.JSONField(default=list, help_text="batches of the dataset applied since")
    tries = models.JSONField(default=dict, help_text="of jobs at the same step: at, count")
    asked_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    announced_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["batch", "-id"], name="intake_undo_batch")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.state}"

    @property
    def step(self) -> str:
        """How far it is, so that one can see whether it got any further."""
        return str(self.state)

    @property
    def finished(self) -> bool:
        """Whether nothing more happens by itself."""
        return self.state != UndoState.RECEIVED


class UndoLeft(models.Model):
    """One field, or a whole row, that an undo leaves as it is, and why."""

    undo = models.ForeignKey(Undo, models.CASCADE, related_name="left")
    subject_id = models.BigIntegerField()
    label = models.TextField(help_text="as the register numbers it")
    key = models.TextField(blank=True, default="", help_text="column; empty: the row")
    code = models.TextField(help_text="why: changed, or a hold of the dataset")
    detail = models.JSONField(default=dict)
    was = models.JSONField(null=True, help_text="what the batch wrote")
    now = models.JSONField(null=True)
    actor = models.TextField(blank=True, default="", help_text="who changed it since")
    at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["undo", "id"], name="intake_undoleft_undo")]


class Mapping(models.Model):
    """Which column of a layout is which, saved under a name: headings and labels, no records.

    ``area`` is where it is used: the first digits of the places of its senders, none for all.
    """

    name = models.TextField()
    dataset = models.TextField()
    area = models.TextField(blank=True, default="", db_collation="C")
    fingerprint = models.TextField(help_text="of the headings, by which the layout is recognised")
    plan = models.JSONField()
    user_id = models.BigIntegerField(null=True)
    used = models.IntegerField(default=0)
    saved_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "dataset", "name"], name="intake_mapping_once")
        ]
        indexes = [models.Index(fields=["fingerprint"], name="intake_mapping_layout")]

    def __str__(self) -> str:
        return f"{self.dataset} {self.name}"
