"""Codes: opaque tokens that lead to a household or a place, and what was scanned."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class State(models.TextChoices):
    """Whether a code still leads anywhere."""

    ACTIVE = "active", "有效"
    REVOKED = "revoked", "已停用"
    REPLACED = "replaced", "已换发"


class Code(models.Model):
    """A code. Its token holds no fact; its number is printed for people to read out."""

    token = models.TextField(db_collation="C")
    kind = models.TextField(help_text="county, township, village, household, or a plug-in's")
    place_code = models.TextField(db_collation="C")
    subject_id = models.BigIntegerField(default=0, help_text="household id; 0 for places")
    household_id = models.BigIntegerField(
        null=True, help_text="the subject where it is a household: its composite foreign key"
    )
    state = models.TextField(choices=State, default=State.ACTIVE)
    issued_at = models.DateTimeField(db_default=Now())
    issued_by = models.TextField(help_text="user:<id> or system:<command>")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(blank=True, default="")
    reason = models.TextField(blank=True, default="")
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaces")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token"], name="codes_code_token_once"),
            models.UniqueConstraint(
                fields=["kind", "place_code", "subject_id"],
                condition=models.Q(state="active"),
                name="codes_code_one_active",
            ),
            models.CheckConstraint(
                name="codes_code_household_is_subject",
                condition=models.Q(kind="household", household_id=models.F("subject_id"))
                | (~models.Q(kind="household") & models.Q(household_id=None)),
            ),
        ]
        indexes = [
            models.Index(fields=["place_code", "kind", "subject_id"], name="codes_code_place"),
            # The composite foreign key's own index: a household that moves takes its codes along.
            models.Index(
                fields=["household_id"],
                name="codes_code_household",
                condition=models.Q(household_id__isnull=False),
            ),
        ]


class ScanLog(models.Model):
    """A scan by somebody not logged in, or of a code that does not exist.

    ``client`` is a keyed hash of the address that changes daily: it counts guesses and
    cannot follow a person. Scans by users stand in the audit trail.
    """

    at = models.DateTimeField(db_default=Now())
    code_id = models.BigIntegerField(null=True)
    place_code = models.TextField(db_collation="C", default="0")
    household_id = models.BigIntegerField(null=True)
    outcome = models.TextField(help_text="shown, revoked, replaced, unknown, throttled")
    client = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["code_id", "id"], name="codes_scanlog_code")]


class Guess(models.Model):
    """Unknown tokens asked for by one client within the running window (unlogged table).

    ``shown``: real codes that its strangers opened after there were too many of them.
    """

    client = models.BinaryField(primary_key=True)
    since = models.DateTimeField()
    tokens = models.IntegerField()
    shown = models.IntegerField(default=0)


class KeptCard(models.Model):
    """What strangers see of a place's code, kept for some minutes (unlogged table)."""

    code_id = models.BigIntegerField(primary_key=True)
    kept_at = models.DateTimeField()
    card = models.JSONField()


class RunState(models.TextChoices):
    """How far a run of labels is."""

    ASKED = "asked", "等待生成"
    DRAWING = "drawing", "正在生成"
    READY = "ready", "可以打印"
    EMPTY = "empty", "没有要印的码"
    REMOVED = "removed", "文件已清理"


class LabelRun(models.Model):
    """One printing of labels: who asked for which, on which sheets, and what came of it.

    ``asked`` says which codes: kind, only, order, start, year, codes. Its sheets are kept
    sealed in parts of a ream; parts up to ``parts_done`` are finished.
    """

    place_code = models.TextField(db_collation="C")
    place_level = models.SmallIntegerField()
    layout = models.TextField(help_text="name in labels/layouts.toml")
    asked = models.JSONField()
    user_id = models.BigIntegerField(null=True)
    actor = models.TextField()
    state = models.TextField(choices=RunState, default=RunState.ASKED)
    labels = models.IntegerField(null=True, help_text="chosen; not known before")
    sheets = models.IntegerField(default=0)
    parts = models.IntegerField(default=0)
    parts_done = models.IntegerField(default=0)
    missing = models.JSONField(default=dict, help_text="character → numbers of its labels")
    asked_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["place_code", "-id"], name="codes_labelrun_place")]

    @property
    def finished(self) -> bool:
        """Whether nothing more happens by itself."""
        return self.state in {RunState.READY, RunState.EMPTY, RunState.REMOVED}


class LabelPrint(models.Model):
    """One label of a run, at its place in the order: what says that a code was printed."""

    pk = models.CompositePrimaryKey("run_id", "number")
    run = models.ForeignKey(LabelRun, models.CASCADE, related_name="prints")
    number = models.IntegerField(help_text="from 1")
    place_code = models.TextField(db_collation="C")
    household_id = models.BigIntegerField(null=True)
    code_id = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["code_id"], name="codes_labelprint_code"),
            models.Index(
                fields=["household_id"],
                name="codes_labelprint_household",
                condition=models.Q(household_id__isnull=False),
            ),
        ]
