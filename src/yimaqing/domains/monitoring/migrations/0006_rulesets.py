"""Rule sets that the installation made, by region and version; and what a preview found."""

import django.db.models.functions.datetime
from django.db import migrations, models

from yimaqing.kit.rowscope import drop_policy_sql, grant_sql, household_key_sql, policy_sql

# Warnings name the version that raised them: what was published is never rewritten.
PUBLISHED_STAYS = """
CREATE FUNCTION monitoring_published_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rule set % is published and stays as it is', OLD.identity;
END $$;
CREATE TRIGGER published_stays BEFORE UPDATE OR DELETE ON monitoring_rulesetversion
FOR EACH ROW WHEN (OLD.state = 'published') EXECUTE FUNCTION monitoring_published_stays()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0005_doubts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Effect",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place_code", models.TextField(db_collation="C")),
                ("household_id", models.BigIntegerField()),
                ("version_id", models.BigIntegerField()),
                ("change", models.TextField(help_text="enters, leaves, worse, milder")),
                (
                    "before",
                    models.TextField(blank=True, default="", help_text="colour; empty: none"),
                ),
                ("after", models.TextField(blank=True, default="")),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["version_id", "place_code", "id"], name="monitoring_effect_version"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RulesetVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "region",
                    models.TextField(blank=True, default="", help_text="prefix of place codes"),
                ),
                ("state", models.TextField(default="draft")),
                ("effective_from", models.DateField()),
                ("effective_to", models.DateField(null=True)),
                ("document", models.TextField()),
                ("identity", models.TextField(help_text="code@version, as warnings name it")),
                (
                    "based_on",
                    models.TextField(help_text="identity of the version that was changed"),
                ),
                ("reason", models.TextField(blank=True, default="")),
                ("made_by_id", models.BigIntegerField(null=True)),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("submitted_at", models.DateTimeField(null=True)),
                (
                    "decided_by_id",
                    models.BigIntegerField(help_text="who published or returned it", null=True),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "answer",
                    models.TextField(blank=True, default="", help_text="why it was returned"),
                ),
                ("effect", models.JSONField(help_text="what the preview counted", null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("identity",), name="monitoring_rulesetversion_identity"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["draft", "submitted"])),
                        fields=("region",),
                        name="monitoring_rulesetversion_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by_id", models.F("made_by_id")),
                            ("state", "published"),
                            _negated=True,
                        ),
                        name="monitoring_rulesetversion_two_persons",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            [
                household_key_sql("monitoring_effect"),
                policy_sql("monitoring_effect"),
                grant_sql("monitoring_effect", "SELECT, INSERT, DELETE"),
                grant_sql("monitoring_rulesetversion", "SELECT, INSERT, UPDATE"),
                PUBLISHED_STAYS,
            ],
            [
                "DROP FUNCTION monitoring_published_stays() CASCADE",
                drop_policy_sql("monitoring_effect"),
            ],
        ),
    ]
