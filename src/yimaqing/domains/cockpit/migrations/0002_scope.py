"""Figures of a place are seen by those whose scope holds it; only the owner writes them."""

from django.db import migrations

from yimaqing.kit.rowscope import drop_policy_sql, grant_sql, policy_sql

TABLE = "cockpit_storedfigure"


class Migration(migrations.Migration):
    dependencies = [("cockpit", "0001_initial"), ("audit", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            [policy_sql(TABLE, household_column=None), grant_sql(TABLE, "SELECT")],
            [drop_policy_sql(TABLE)],
        )
    ]
