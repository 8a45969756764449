"""Procedures of recognition and removal, what was done in them, objections and measures."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from yimaqing.domains.recognition.machine import Act, Position, State


class OfHousehold(models.Model):
    """A row about a household; (place_code, household_id) is its composite foreign key."""

    place_code = models.TextField(db_collation="C")
    household_id = models.BigIntegerField()

    class Meta:
        abstract = True


class Procedure(OfHousehold):
    """One household's way from a clue into monitoring and out of it; open until ``ended_on``."""

    way = models.TextField(help_text="self, cadre, department, list")
    state = models.TextField()
    round = models.SmallIntegerField(default=0, help_text="0 recognition, then attempts at removal")
    green = models.BooleanField(default=False, help_text="green channel: help first, papers after")
    clue = models.TextField(help_text="what was reported, seen or found")
    warning_ids = ArrayField(models.BigIntegerField(), default=list)
    risks = ArrayField(models.TextField(), default=list)
    group = models.TextField(blank=True, default="", help_text="proposed, then decided")
    rules = models.TextField(help_text="code@version of the procedure set that it began under")
    former_id = models.BigIntegerField(null=True, help_text="the household's procedure before")
    opened_on = models.DateField()
    state_since = models.DateField()
    due_on = models.DateField(null=True, help_text="of the step that is waited for")
    chain_due_on = models.DateField(help_text="of the whole recognition")
    authorised_on = models.DateField(null=True)
    compared_on = models.DateField(null=True)
    public_until = models.DateField(null=True, help_text="last day of this round's publicity")
    recognised_on = models.DateField(null=True)
    tracked_on = models.DateField(null=True, help_text="monitored on with support, not removed")
    ended_on = models.DateField(null=True)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household_id"],
                condition=models.Q(ended_on=None),
                name="recognition_procedure_once_open",
            )
        ]
        indexes = [
            models.Index(fields=["place_code", "state"], name="recognition_procedure_place"),
            models.Index(fields=["household_id"], name="recognition_procedure_home"),
        ]

    def position(self, unanswered: int = 0) -> Position:
        """Where it stands, as the machine sees it."""
        return Position(
            state=State(self.state),
            round=self.round,
            green=self.green,
            authorised=self.authorised_on is not None,
            compared=self.compared_on is not None,
            public_until=self.public_until,
            unanswered=unanswered,
        )

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.ended_on is None


class Step(OfHousehold):
    """What was done: when, by whom, with what outcome and which words. Only ever added."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="steps")
    round = models.SmallIntegerField()
    act = models.TextField()
    favour = models.BooleanField(default=True, db_default=True)
    on = models.DateField(help_text="the day on which it was done")
    at = models.DateTimeField(db_default=Now(), help_text="when it was entered")
    by_id = models.BigIntegerField()
    words = models.TextField(blank=True, default="", db_default="")
    detail = models.JSONField(default=dict, db_default={})

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "round"],
                condition=models.Q(act=Act.PUBLISH.value),
                name="recognition_step_public_once",
            )
        ]


class Objection(OfHousehold):
    """An objection to what was made public, and its answer."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="objections")
    round = models.SmallIntegerField()
    received_on = models.DateField()
    from_whom = models.TextField(blank=True, default="", help_text="empty: anonymous")
    words = models.TextField()
    by_id = models.BigIntegerField()
    answered_on = models.DateField(null=True)
    answer = models.TextField(blank=True, default="")
    upheld = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "round", "received_on", "words"],
                name="recognition_objection_once",
            )
        ]


class RiskMeasure(OfHousehold):
    """A measure against one of the household's risks."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="measures")
    risk = models.TextField()
    measure_group = models.TextField(help_text="slug of the register's code table measure_group")
    name = models.TextField()
    responsible = models.TextField(help_text="who sees to it")
    starts_on = models.DateField()
    by_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "risk", "measure_group", "name"],
                name="recognition_measure_once",
            )
        ]
