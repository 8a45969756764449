"""Figures of each evaluation, kept so that a trend can be drawn."""

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
