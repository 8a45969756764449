"""Departments' lists: rows that mean somebody of the register, perhaps, or nobody; or a place.

And the lines that the installation enters: from which amount on somebody has to go and look.
"""

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
    row has its person; from then on it is the household's, and ``told_place`` is what the list
    told. ``candidates`` holds numbers only: ``[{"person", "share", "levels"}]``, likeliest first.
    ``facts`` is what the list says beside, by the columns of its declaration. A list of places
    names nobody. ``weighed_at``: when it was last asked whether somebody has to go and look.
    """

    list_name = models.TextField(help_text="the dataset")
    serial = models.TextField(db_collation="C", help_text="the row's number with the department")
    counted_until = models.DateField()
    place_code = models.TextField(db_collation="C")
    told_place = models.TextField(db_collation="C", blank=True, db_default="")
    household_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    numbered_id = models.BigIntegerField(
        null=True, help_text="the person with the identity number of the row"
    )
    name = models.TextField(blank=True)
    sex = models.TextField(blank=True, default="")
    born_on = models.DateField(null=True)
    amount_fen = models.BigIntegerField(null=True)
    facts = models.JSONField(default=dict, db_default={})
    state = models.TextField(choices=Listed, db_default=Listed.NEW)
    candidates = models.JSONField(default=list, db_default=[])
    note = models.TextField(blank=True, db_default="")
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    source = models.TextField(blank=True, default="")
    batch_id = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField(auto_now=True)
    weighed_at = models.DateTimeField(null=True)

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
            models.Index(
                fields=["list_name", "counted_until", "place_code", "state"],
                name="registry_listed_period",
            ),
            models.Index(fields=["list_name", "place_code", "id"], name="registry_listed_of_list"),
            models.Index(
                fields=["list_name", "id"],
                name="registry_listed_unweighed",
                condition=models.Q(state__in=["matched", "chosen"])
                & (models.Q(weighed_at=None) | models.Q(weighed_at__lt=models.F("changed_at"))),
            ),
        ]


class TriggerLine(models.Model):
    """From which amount of a list on somebody has to look, with the document that says so."""

    list_name = models.TextField(help_text="the dataset")
    among = models.TextField(help_text="archived, other")
    region = models.TextField(db_collation="C", help_text="first digits of place codes")
    amount_fen = models.BigIntegerField()
    starts_on = models.DateField()
    document = models.TextField()
    set_by = models.BigIntegerField(null=True)
    set_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["list_name", "among", "region", "starts_on"],
                name="registry_triggerline_once",
            ),
            models.CheckConstraint(
                name="registry_triggerline_positive", condition=models.Q(amount_fen__gt=0)
            ),
        ]
