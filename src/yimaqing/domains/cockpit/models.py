"""Figures of each evaluation, kept so that a trend can be drawn; targets that figures have."""

from __future__ import annotations

from django.db import models


class StoredFigure(models.Model):
    """A measure of a village on the day of an evaluation; nothing known is not stored."""

    as_of = models.DateField()
    place_code = models.TextField(db_collation="C", help_text="village, 12 digits")
    measure = models.TextField()
    value = models.IntegerField(help_text="households or people, as the measure says")
    known = models.IntegerField(help_text="of how many this is known")
    snapshot = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "as_of", "place_code"], name="cockpit_storedfigure_once"
            )
        ]


class Target(models.Model):
    """What a document demands of a figure of a place by a day; set anew, it is replaced."""

    place_code = models.TextField(db_collation="C", help_text="the place itself, 12 digits")
    measure = models.TextField()
    bound = models.TextField(help_text="most or least")
    value = models.IntegerField(help_text="households or people, as the measure says")
    due_on = models.DateField()
    document = models.TextField(help_text="the document that sets it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place_code", "measure"], name="cockpit_target_once"),
            models.CheckConstraint(
                condition=models.Q(bound__in=["most", "least"], value__gte=0),
                name="cockpit_target_sound",
            ),
        ]
