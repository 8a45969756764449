"""Who holds a to-do, and the steps that it went."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from yimaqing.kit.rowscope import drop_policy_sql, grant_sql, policy_sql


class Migration(migrations.Migration):
    dependencies = [
        ("work", "0002_scope"),
    ]

    operations = [
        migrations.CreateModel(
            name="Step",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place_code", models.TextField(db_collation="C")),
                ("household_id", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "what",
                    models.TextField(
                        choices=[
                            ("taken", "领取"),
                            ("handed", "转交"),
                            ("returned", "退回"),
                            ("raised", "上交"),
                            ("put_back", "放回"),
                            ("done", "办结"),
                            ("dropped", "撤销"),
                            ("reopened", "重办"),
                        ]
                    ),
                ),
                ("by_id", models.BigIntegerField(help_text="nobody: the system itself", null=True)),
                ("to_id", models.BigIntegerField(null=True)),
                ("words", models.TextField(blank=True, db_default="", default="")),
            ],
        ),
        migrations.AddField(
            model_name="todo",
            name="backs",
            field=models.SmallIntegerField(
                db_default=0, default=0, help_text="times that it went back to who had it before"
            ),
        ),
        migrations.AddField(
            model_name="todo",
            name="due_provisional",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="counted before the year's holidays were known",
            ),
        ),
        migrations.AddField(
            model_name="todo",
            name="handed_by",
            field=models.BigIntegerField(help_text="whom a return goes to", null=True),
        ),
        migrations.AddField(
            model_name="todo",
            name="held_as",
            field=models.TextField(
                blank=True,
                choices=[("taken", "领取"), ("handed", "转交"), ("returned", "退回")],
                db_default="",
                default="",
            ),
        ),
        migrations.AddField(
            model_name="todo",
            name="holder_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="todo",
            name="raised_level",
            field=models.SmallIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name="todo",
            index=models.Index(
                condition=models.Q(("holder_id__isnull", False), ("state", "open")),
                fields=["holder_id"],
                name="work_todo_holder",
            ),
        ),
        migrations.AddIndex(
            model_name="todo",
            index=models.Index(
                condition=models.Q(("handed_by__isnull", False), ("state", "open")),
                fields=["handed_by"],
                name="work_todo_handed_by",
            ),
        ),
        migrations.AddIndex(
            model_name="todo",
            index=models.Index(
                condition=models.Q(("closed_by__isnull", False)),
                fields=["closed_at"],
                name="work_todo_closed",
            ),
        ),
        migrations.AddField(
            model_name="step",
            name="todo",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="work.todo"
            ),
        ),
        # A step is never changed; the household's key follows in registry.0021.
        migrations.RunSQL(
            [policy_sql("work_step"), grant_sql("work_step", "SELECT, INSERT")],
            drop_policy_sql("work_step"),
        ),
        # What waits for a date, for the job that gives it one.
        migrations.RunSQL(
            "CREATE INDEX work_todo_undated ON work_todo (kind)"
            " WHERE state = 'open' AND (due_on IS NULL OR due_provisional)",
            "DROP INDEX work_todo_undated",
        ),
    ]
