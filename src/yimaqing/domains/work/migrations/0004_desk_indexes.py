"""What the desk counts and orders by stands in indexes."""

import datetime as dt

import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("work", "0003_held"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="todo",
            name="work_todo_holder",
        ),
        migrations.AddIndex(
            model_name="todo",
            index=models.Index(
                condition=models.Q(("holder_id__isnull", False), ("state", "open")),
                fields=["holder_id", "place_code"],
                include=("household_id",),
                name="work_todo_holder",
            ),
        ),
        migrations.AddIndex(
            model_name="todo",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce("due_on", dt.date(9999, 12, 31)),
                models.F("id"),
                condition=models.Q(("state", "open")),
                name="work_todo_urgent",
            ),
        ),
        migrations.AddIndex(
            model_name="todo",
            index=models.Index(
                condition=models.Q(("state", "open")),
                fields=["place_code", "due_on", "kind", "holder_id"],
                include=("held_as", "handed_by", "raised_level", "household_id"),
                name="work_todo_desk",
            ),
        ),
    ]
