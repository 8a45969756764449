"""A sheet of any layout: which of its columns is which, as guessed, chosen and saved."""

import django.db.models.functions.datetime
from django.db import migrations, models

from yimaqing.kit.rowscope import grant_sql

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
NOW = django.db.models.functions.datetime.Now()
STATES = [
    ("received", "已接收"), ("reading", "正在读取"), ("applying", "正在入库"),
    ("columns", "待核对各列"), ("checked", "已试运行"), ("applied", "已入库"),
    ("unusable", "文件不可用"),
]  # fmt: skip
ADDED = {
    "sheet": models.TextField(blank=True, default="", help_text="of a workbook; empty: the first"),
    "plan": models.JSONField(null=True, help_text="which column is which, as chosen or recognised"),
    "guess": models.JSONField(
        null=True, help_text="of the columns, to be corrected; masked samples"
    ),
    "notes": models.JSONField(default=list, help_text="how the sheet was read: code, params"),
    "sent_with": models.BigIntegerField(null=True, help_text="first batch of the same upload"),
    "waits_for": models.BigIntegerField(null=True, help_text="batch that must be applied before"),
}


class Migration(migrations.Migration):
    dependencies = [("intake", "0004_undo")]
    operations = [
        *(migrations.AddField("batch", name, field) for name, field in ADDED.items()),
        migrations.AlterField(
            "batch", "state", models.TextField(choices=STATES, default="received")
        ),
        migrations.CreateModel(
            name="Mapping",
            fields=[
                ("id", ID),
                ("name", models.TextField()),
                ("dataset", models.TextField()),
                ("area", models.TextField(blank=True, db_collation="C", default="")),
                (
                    "fingerprint",
                    models.TextField(
                        help_text="of the headings, by which the layout is recognised"
                    ),
                ),
                ("plan", models.JSONField()),
                ("user_id", models.BigIntegerField(null=True)),
                ("used", models.IntegerField(default=0)),
                ("saved_at", models.DateTimeField(db_default=NOW)),
            ],
            options={
                "indexes": [models.Index(fields=["fingerprint"], name="intake_mapping_layout")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("area", "dataset", "name"), name="intake_mapping_once"
                    )
                ],
            },
        ),
        # Headings and labels, no records of people: every sender's area is filtered by the query.
        migrations.RunSQL(
            grant_sql("intake_mapping", "SELECT, INSERT, UPDATE, DELETE"), migrations.RunSQL.noop
        ),
    ]
