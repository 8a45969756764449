"""Runs of printed labels, and which code stood on which."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from yimaqing.kit.rowscope import drop_policy_sql, grant_sql, policy_sql

STATES = [
    ("asked", "等待生成"),
    ("drawing", "正在生成"),
    ("ready", "可以打印"),
    ("empty", "没有要印的码"),
    ("removed", "文件已清理"),
]


class Migration(migrations.Migration):
    dependencies = [("codes", "0007_viewer_at_once")]
    operations = [
        migrations.CreateModel(
            name="LabelRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place_code", models.TextField(db_collation="C")),
                ("place_level", models.SmallIntegerField()),
                ("layout", models.TextField(help_text="name in labels/layouts.toml")),
                ("asked", models.JSONField()),
                ("user_id", models.BigIntegerField(null=True)),
                ("actor", models.TextField()),
                ("state", models.TextField(choices=STATES, default="asked")),
                ("labels", models.IntegerField(help_text="chosen; not known before", null=True)),
                ("sheets", models.IntegerField(default=0)),
                ("parts", models.IntegerField(default=0)),
                ("parts_done", models.IntegerField(default=0)),
                (
                    "missing",
                    models.JSONField(default=dict, help_text="character → numbers of its labels"),
                ),
                (
                    "asked_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["place_code", "-id"], name="codes_labelrun_place")]
            },
        ),
        migrations.CreateModel(
            name="LabelPrint",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "run_id",
                        "number",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("number", models.IntegerField(help_text="from 1")),
                ("place_code", models.TextField(db_collation="C")),
                ("household_id", models.BigIntegerField(null=True)),
                ("code_id", models.BigIntegerField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prints",
                        to="codes.labelrun",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["code_id"], name="codes_labelprint_code"),
                    models.Index(
                        condition=models.Q(("household_id__isnull", False)),
                        fields=["household_id"],
                        name="codes_labelprint_household",
                    ),
                ]
            },
        ),
        migrations.RunSQL(
            [
                policy_sql("codes_labelrun", household_column=None),
                grant_sql("codes_labelrun", "SELECT, INSERT"),
                policy_sql("codes_labelprint"),
                grant_sql("codes_labelprint", "SELECT"),
            ],
            [drop_policy_sql("codes_labelprint"), drop_policy_sql("codes_labelrun")],
        ),
    ]
