"""People of departments' lists: rows that mean somebody of the register, perhaps, or nobody."""

from __future__ import annotations

from django.db import models


class Listed(models.TextChoices):
    """Where a row stands. ``waiting``: several persons, or none for sure; somebody has to look."""

    NEW = "new", "待比对"
    MATCHED = "matched", "已对上"
    WAITING = "waiting", "待核对"
    NOBODY = "nobody", "不在册"
    CHOSEN = "chosen", "已核对"
    NONE = "none", "核对后不在册"


class ListedPerson(models.Model):
    """A row of a department's list; it never changes what the register says of anybody.

    ``place_code`` is the place that the list tells (of a village, township or county) until the
    row has its person; from then on it is the household's. ``candidates`` holds numbers only:
    ``[{"person", "share", "levels"}]``, likeliest first.
    """

    list_name = models.TextField(help_text="the dataset")
    serial = models.TextField(db_collation="C", help_text="the row's number with the department")
    counted_until = models.DateField()
    place_code = models.TextField(db_collation="C")
    household_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    numbered_id = models.BigIntegerField(
        null=True, help_text="the person with the identity number of the row"
    )
    name = models.TextField()
    sex = models.TextField(blank=True, default="")
    born_on = models.DateField(null=True)
    amount_fen = models.BigIntegerField()
    state = models.TextField(choices=Listed, db_default=Listed.NEW)
    candidates = models.JSONField(default=list, db_default=[])
    note = models.TextField(blank=True, db_default="")
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    source = models.TextField(blank=True, default="")
    batch_id = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["list_name", "serial", "counted_until"], name="registry_listed_once"
            ),
            models.CheckConstraint(
                name="registry_listed_whole",
                condition=models.Q(person_id=None) | models.Q(household_id__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["place_code", "state", "id"], name="registry_listed_place"),
            models.Index(fields=["household_id"], name="registry_listed_household"),
            models.Index(fields=["batch_id"], name="registry_listed_batch"),
            models.Index(
                fields=["id"], name="registry_listed_new", condition=models.Q(state="new")
            ),
        ]
