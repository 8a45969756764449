"""Whole batches are taken back; what they do is shown by examples and by village.

``intake_kept`` holds old values of records, some of them sealed: no right is granted on it,
so only the owner (imports, undos, change of keys) reads it. The others are seen with their
batch, whose own policy applies inside the subquery.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from yimaqing.kit.rowscope import drop_policy_sql, grant_sql

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
NOW = django.db.models.functions.datetime.Now()
CASCADE = django.db.models.deletion.CASCADE
WITH_BATCH = "EXISTS (SELECT FROM intake_batch b WHERE b.id = batch_id)"
WITH_UNDO = "EXISTS (SELECT FROM intake_undo u WHERE u.id = undo_id)"
SEEN = {
    "intake_preview": (WITH_BATCH, "SELECT"),
    "intake_undo": (WITH_BATCH, "SELECT, INSERT, UPDATE"),
    "intake_undoleft": (WITH_UNDO, "SELECT"),
}


def _guard() -> list[str]:
    statements = []
    for table, (rule, rights) in SEEN.items():
        statements += [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"CREATE POLICY scope ON {table} USING ({rule}) WITH CHECK ({rule})",
            grant_sql(table, rights),
        ]
    return statements


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_tries")]
    operations = [
        migrations.AddField(
            "batch",
            "all_or_nothing",
            models.BooleanField(default=False, help_text="one bad row stops them all"),
        ),
        migrations.AddField(
            "batch",
            "keeps",
            models.BooleanField(default=False, help_text="old values are kept for an undo"),
        ),
        migrations.CreateModel(
            name="Preview",
            fields=[
                (
                    "batch",
                    models.OneToOneField(
                        on_delete=CASCADE, primary_key=True, serialize=False, to="intake.batch"
                    ),
                ),
                (
                    "samples",
                    models.JSONField(default=list, help_text="rows with their fields, masked"),
                ),
                (
                    "places",
                    models.JSONField(
                        default=list, help_text="place, created, updated, unchanged, rows"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Kept",
            fields=[
                ("id", ID),
                (
                    "part",
                    models.TextField(default="", help_text="empty: the dataset's own table"),
                ),
                ("subject_id", models.BigIntegerField()),
                (
                    "before",
                    models.JSONField(help_text="by column; null: the row is new", null=True),
                ),
                (
                    "sealed",
                    models.JSONField(
                        help_text="sealed values and their indexes, hexadecimal", null=True
                    ),
                ),
                ("batch", models.ForeignKey(db_index=False, on_delete=CASCADE, to="intake.batch")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("batch", "part", "subject_id"), name="intake_kept_once"
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="Undo",
            fields=[
                ("id", ID),
                ("user_id", models.BigIntegerField(null=True)),
                ("actor", models.TextField()),
                ("reason", models.TextField()),
                ("dry_run", models.BooleanField(default=True)),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("received", "等待处理"),
                            ("checked", "已试算"),
                            ("undone", "已撤销"),
                            ("refused", "不能撤销"),
                        ],
                        default="received",
                    ),
                ),
                (
                    "failure",
                    models.JSONField(help_text="why it is refused: code, params", null=True),
                ),
                (
                    "removed",
                    models.IntegerField(default=0, help_text="rows that the batch created"),
                ),
                (
                    "restored",
                    models.IntegerField(default=0, help_text="rows with their old values again"),
                ),
                (
                    "kept",
                    models.IntegerField(default=0, help_text="rows that stay, wholly or in part"),
                ),
                ("notes", models.JSONField(default=dict, help_text="what else goes, by name")),
                (
                    "later",
                    models.JSONField(
                        default=list, help_text="batches of the dataset applied since"
                    ),
                ),
                (
                    "tries",
                    models.JSONField(default=dict, help_text="of jobs at the same step: at, count"),
                ),
                ("asked_at", models.DateTimeField(db_default=NOW)),
                ("finished_at", models.DateTimeField(null=True)),
                ("announced_at", models.DateTimeField(null=True)),
                (
                    "batch",
                    models.ForeignKey(on_delete=CASCADE, related_name="undos", to="intake.batch"),
                ),
            ],
            options={"indexes": [models.Index(fields=["batch", "-id"], name="intake_undo_batch")]},
        ),
        migrations.CreateModel(
            name="UndoLeft",
            fields=[
                ("id", ID),
                ("subject_id", models.BigIntegerField()),
                ("household_id", models.BigIntegerField(null=True)),
                ("label", models.TextField(help_text="as the register numbers it")),
                (
                    "key",
                    models.TextField(blank=True, default="", help_text="column; empty: the row"),
                ),
                (
                    "code",
                    models.TextField(help_text="why: changed, or a hold of the dataset"),
                ),
                ("detail", models.JSONField(default=dict)),
                ("was", models.JSONField(help_text="what the batch wrote", null=True)),
                ("now", models.JSONField(null=True)),
                (
                    "actor",
                    models.TextField(blank=True, default="", help_text="who changed it since"),
                ),
                ("at", models.DateTimeField(null=True)),
                (
                    "undo",
                    models.ForeignKey(on_delete=CASCADE, related_name="left", to="intake.undo"),
                ),
            ],
            options={"indexes": [models.Index(fields=["undo", "id"], name="intake_undoleft_undo")]},
        ),
        migrations.RunSQL(_guard(), [drop_policy_sql(table) for table in reversed(SEEN)]),
    ]
