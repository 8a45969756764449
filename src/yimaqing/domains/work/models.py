"""To-dos: every review, promise, deadline and department hit that waits for somebody."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models.functions import Coalesce, Now
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    """Where a to-do stands."""

    OPEN = "open", "待办"
    DONE = "done", "已办"
    DROPPED = "dropped", "已撤销"


class HeldAs(models.TextChoices):
    """How its holder came by an open to-do."""

    TAKEN = "taken", "领取"
    HANDED = "handed", "转交"
    RETURNED = "returned", "退回"


class What(models.TextChoices):
    """A step in the life of a to-do."""

    TAKEN = "taken", pgettext_lazy("step", "领取")
    HANDED = "handed", pgettext_lazy("step", "转交")
    RETURNED = "returned", pgettext_lazy("step", "退回")
    RAISED = "raised", pgettext_lazy("step", "上交")
    PUT_BACK = "put_back", pgettext_lazy("step", "放回")
    DONE = "done", pgettext_lazy("step", "办结")
    DROPPED = "dropped", pgettext_lazy("step", "撤销")
    REOPENED = "reopened", pgettext_lazy("step", "重办")


class Todo(models.Model):
    """One thing to do about a household or a place.

    ``holder_id`` is who has it in hand, while his post reaches it: what that means,
    ``queries.held`` says. ``raised_level`` is the level of the unit (4 township, 3 county …)
    whose officers alone decide since it went up.
    """

    kind = models.TextField(help_text="slug named by the domain that opened it")
    place_code = models.TextField(db_collation="C")
    household_id = models.BigIntegerField(null=True)
    subject_kind = models.TextField(blank=True, default="")
    subject_id = models.TextField(blank=True, default="")
    detail = models.JSONField(default=dict)
    due_on = models.DateField(null=True)
    due_provisional = models.BooleanField(
        default=False, db_default=False, help_text="counted before the year's holidays were known"
    )
    state = models.TextField(choices=State, default=State.OPEN)
    holder_id = models.BigIntegerField(null=True)
    held_as = models.TextField(choices=HeldAs, blank=True, default="", db_default="")
    handed_by = models.BigIntegerField(null=True, help_text="whom a return goes to")
    backs = models.SmallIntegerField(
        default=0, db_default=0, help_text="times that it went back to who had it before"
    )
    raised_level = models.SmallIntegerField(null=True)
    opened_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)
    closed_by = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True, default="")

    # Carried by what queries.desk reads, nowhere kept.
    hands: str
    sorts_at: str

    class Meta:
        indexes = [
            models.Index(fields=["place_code", "state", "due_on"], name="work_todo_place"),
            models.Index(
                fields=["holder_id", "place_code"],
                include=["household_id"],
                condition=models.Q(state="open", holder_id__isnull=False),
                name="work_todo_holder",
            ),
            models.Index(
                fields=["handed_by"],
                condition=models.Q(state="open", handed_by__isnull=False),
                name="work_todo_handed_by",
            ),
            models.Index(
                Coalesce("due_on", dt.date.max),
                "id",
                condition=models.Q(state="open"),
                name="work_todo_urgent",
            ),
            # All that the desk counts, so that counting reads no row.
            models.Index(
                fields=["place_code", "due_on", "kind", "holder_id"],
                include=["held_as", "handed_by", "raised_level", "household_id"],
                condition=models.Q(state="open"),
                name="work_todo_desk",
            ),
            # By nobody ended: a person's work alone is looked at again.
            models.Index(
                fields=["closed_at"],
                condition=models.Q(closed_by__isnull=False),
                name="work_todo_closed",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_kind", "subject_id"],
                condition=models.Q(state="open"),
                name="work_todo_once_open",
            )
        ]


class Step(models.Model):
    """One step of a to-do: who did what, when, to whom it went, with what words."""

    todo = models.ForeignKey(Todo, models.CASCADE, related_name="steps")
    place_code = models.TextField(db_collation="C")
    household_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now())
    what = models.TextField(choices=What)
    by_id = models.BigIntegerField(null=True, help_text="nobody: the system itself")
    to_id = models.BigIntegerField(null=True)
    words = models.TextField(blank=True, default="", db_default="")
