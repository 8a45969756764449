"""To-dos: every review, promise, deadline and department hit that waits for somebody."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class State(models.TextChoices):
    """Where a to-do stands."""

    OPEN = "open", "待办"
    DONE = "done", "已办"
    DROPPED = "dropped", "已撤销"


class Todo(models.Model):
    """One thing to do about a household or a place."""

    kind = models.TextField(help_text="slug named by the domain that opened it")
    place_code = models.TextField(db_collation="C")
    household_id = models.BigIntegerField(null=True)
    subject_kind = models.TextField(blank=True, default="")
    subject_id = models.TextField(blank=True, default="")
    detail = models.JSONField(default=dict)
    due_on = models.DateField(null=True)
    state = models.TextField(choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)
    closed_by = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["place_code", "state", "due_on"], name="work_todo_place")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_kind", "subject_id"],
                condition=models.Q(state="open"),
                name="work_todo_once_open",
            )
        ]
