"""Warnings that stand or stood, what the installation added to the rules, and the runs."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

COLOUR_RANK = {"red": 1, "orange": 2, "yellow": 3}


class Warning(models.Model):  # noqa: A001 - the field's term (预警); nothing here raises Python's
    """A finding that somebody must act on: opened, changed, closed; never overwritten by a
    later one of the same rule, which is a new row once the former is closed.
    """

    place_code = models.TextField(db_collation="C")
    household_id = models.BigIntegerField()
    rule_code = models.TextField()
    indicator = models.TextField(blank=True, default="")
    scheme = models.TextField()
    colour = models.TextField()
    colour_rank = models.SmallIntegerField(help_text="1 red, 2 orange, 3 yellow: for the order")
    ruleset_version = models.TextField()
    text_zh = models.TextField(help_text="the rule in words when the warning was raised")
    text_en = models.TextField()
    reading_ids = ArrayField(models.BigIntegerField(), default=list)
    person_ids = ArrayField(models.BigIntegerField(), default=list)
    value_yuan = models.FloatField(null=True)
    limit_yuan = models.FloatField(null=True)
    since = models.DateField(help_text="day of the observation, or the day it was opened")
    act_by = models.DateField()
    opened_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household_id", "rule_code", "scheme"],
                condition=models.Q(closed_at=None),
                name="monitoring_warning_once_open",
            )
        ]
        indexes = [
            models.Index(
                fields=["place_code", "colour_rank", "id"],
                condition=models.Q(closed_at=None),
                name="monitoring_warning_place",
            ),
            models.Index(
                fields=["colour_rank", "id"],
                condition=models.Q(closed_at=None),
                name="monitoring_warning_open",
            ),
        ]


class LiveEvaluation(models.Model):
    """When a household was last judged at once: a batch over older data leaves it alone."""

    household_id = models.BigIntegerField(primary_key=True)
    place_code = models.TextField(db_collation="C")
    at = models.DateTimeField(db_default=Now())


class Doubt(models.Model):
    """Facts of a household that do not agree (疑点): found by a check, mended or confirmed.

    ``facts`` is the evidence as ``checks`` wrote it, and its fingerprint: while it stays, a
    confirmed doubt is quiet; when it changes, the doubt is open again and says who had
    confirmed it before.
    """

    place_code = models.TextField(db_collation="C")
    household_id = models.BigIntegerField()
    check_code = models.TextField()
    facts = models.TextField()
    opened_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True, help_text="null: to be mended or confirmed")
    confirmed_by_id = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True, default="", help_text="why it is right after all")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household_id", "check_code"],
                condition=models.Q(closed_at=None),
                name="monitoring_doubt_once_open",
            )
        ]
        indexes = [
            models.Index(
                fields=["place_code", "id"],
                condition=models.Q(closed_at=None),
                name="monitoring_doubt_place",
            ),
        ]


class IncomeLine(models.Model):
    """An income line that this installation entered, with the document that sets it."""

    kind = models.TextField(help_text="poverty or monitoring")
    region = models.TextField(blank=True, default="", help_text="prefix of place codes")
    year = models.SmallIntegerField()
    value_yuan = models.FloatField()
    source = models.TextField()
    url = models.TextField(blank=True, default="")
    status = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "region", "year"], name="monitoring_incomeline_once"
            )
        ]


class RulesetVersion(models.Model):
    """A rule set that this installation made for a region, whole, as TOML.

    Put together by one officer and published by another; then it never changes: what was wrong
    is followed by a new version, and going back is a new version equal to the old one.
    """

    STATES = ("draft", "submitted", "returned", "withdrawn", "published")

    region = models.TextField(blank=True, default="", help_text="prefix of place codes")
    state = models.TextField(default="draft")
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    document = models.TextField()
    identity = models.TextField(help_text="code@version, as warnings name it")
    based_on = models.TextField(help_text="identity of the version that was changed")
    reason = models.TextField(blank=True, default="")
    made_by_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now())
    submitted_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True, help_text="who published or returned it")
    decided_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True, default="", help_text="why it was returned")
    effect = models.JSONField(null=True, help_text="what the preview counted")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["identity"], name="monitoring_rulesetversion_identity"),
            models.UniqueConstraint(
                fields=["region"],
                condition=models.Q(state__in=["draft", "submitted"]),
                name="monitoring_rulesetversion_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="published", decided_by_id=models.F("made_by_id")),
                name="monitoring_rulesetversion_two_persons",
            ),
        ]


class Effect(models.Model):
    """A household whose colour would change: what the preview of a version shows as a list."""

    place_code = models.TextField(db_collation="C")
    household_id = models.BigIntegerField()
    version_id = models.BigIntegerField()
    change = models.TextField(help_text="enters, leaves, worse, milder")
    before = models.TextField(blank=True, default="", help_text="colour; empty: none")
    after = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["version_id", "place_code", "id"], name="monitoring_effect_version"
            )
        ]


class Run(models.Model):
    """One evaluation of everything: as of which day, over which snapshot, with what outcome."""

    as_of = models.DateField()
    snapshot = models.TextField()
    ruleset_version = models.TextField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(db_default=Now())
    households = models.IntegerField()
    raised = models.IntegerField()
    changed = models.IntegerField()
    closed = models.IntegerField()
