"""Records that may be of the same person or household, and what was merged."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class TwoPlaces(models.Model):
    """A row about two households: seen only by who may see both.

    (place_code, household_id) and (other_place, other_household_id) are composite foreign
    keys, so that the row follows a household that moves.
    """

    place_code = models.TextField(db_collation="C")
    household_id = models.BigIntegerField()
    other_place = models.TextField(db_collation="C")
    other_household_id = models.BigIntegerField()

    class Meta:
        abstract = True


class Decision(models.TextChoices):
    """Where a pair stands. ``gone``: found no more, before anybody decided."""

    OPEN = "open", "待核"
    LATER = "later", "以后再看"
    SAME = "same", "同一"
    DIFFERENT = "different", "不同"
    GONE = "gone", "已消失"


class Duplicate(TwoPlaces):
    """A pair of persons, or of households, that may be one. No names: the records have them."""

    kind = models.TextField(help_text="person or household")
    left_id = models.BigIntegerField(help_text="the subject in (place_code, household_id)")
    right_id = models.BigIntegerField(help_text="the subject in (other_place, other_household_id)")
    score = models.FloatField(help_text="0 to 1")
    reasons = models.JSONField(default=dict, help_text="comparison → level; see duplicates.words")
    state = models.TextField(choices=Decision, default=Decision.OPEN)
    found_at = models.DateTimeField(db_default=Now())
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    note = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "left_id", "right_id"], name="registry_duplicate_once"
            ),
            models.CheckConstraint(
                name="registry_duplicate_two", condition=~models.Q(left_id=models.F("right_id"))
            ),
        ]
        indexes = [
            models.Index(fields=["place_code", "state", "-score"], name="registry_duplicate_place"),
            models.Index(fields=["household_id"], name="registry_duplicate_left"),
            models.Index(fields=["other_household_id"], name="registry_duplicate_right"),
        ]


class Merge(TwoPlaces):
    """A record that was merged into another; (place_code, household_id) is where it stays.

    ``ledger`` says which rows moved and which plain values changed, by table and number, so
    that un-merging brings each back; never a name or a sealed value: the fields that were
    taken over (``fields``) were exchanged with the record that was given up, which keeps them.
    """

    kind = models.TextField(help_text="person or household")
    kept_id = models.BigIntegerField()
    lost_id = models.BigIntegerField()
    former_number = models.TextField(db_collation="C", null=True, help_text="of the lost record")
    kept_number = models.TextField(db_collation="C", null=True)
    fields = models.JSONField(default=list)
    ledger = models.JSONField(default=list)
    parent = models.ForeignKey("self", models.PROTECT, null=True, help_text="merge of households")
    at = models.DateTimeField(db_default=Now())
    merged_by = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True, default="")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "lost_id"],
                condition=models.Q(undone_at=None),
                name="registry_merge_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["kind", "former_number"],
                condition=models.Q(undone_at=None),
                name="registry_merge_former",
            ),
            models.Index(fields=["household_id"], name="registry_merge_kept"),
            models.Index(fields=["other_household_id"], name="registry_merge_lost"),
        ]
