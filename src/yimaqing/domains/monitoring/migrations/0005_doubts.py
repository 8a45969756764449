"""Doubts: facts of a household that do not agree, with their row-level security."""

import django.db.models.functions.datetime
from django.db import migrations, models

from yimaqing.kit.rowscope import drop_policy_sql, grant_sql, household_key_sql, policy_sql

TABLE = "monitoring_doubt"


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0004_panel_by_household"),
    ]

    operations = [
        migrations.CreateModel(
            name="Doubt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place_code", models.TextField(db_collation="C")),
                ("household_id", models.BigIntegerField()),
                ("check_code", models.TextField()),
                ("facts", models.TextField()),
                (
                    "opened_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "changed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "confirmed_at",
                    models.DateTimeField(help_text="null: to be mended or confirmed", null=True),
                ),
                ("confirmed_by_id", models.BigIntegerField(null=True)),
                (
                    "reason",
                    models.TextField(blank=True, default="", help_text="why it is right after all"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at", None)),
                        fields=["place_code", "id"],
                        name="monitoring_doubt_place",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("household_id", "check_code"),
                        name="monitoring_doubt_once_open",
                    )
                ],
            },
        ),
        migrations.RunSQL(
            [
                household_key_sql(TABLE),
                policy_sql(TABLE),
                grant_sql(TABLE, "SELECT, INSERT, UPDATE"),
            ],
            [drop_policy_sql(TABLE)],
        ),
    ]
