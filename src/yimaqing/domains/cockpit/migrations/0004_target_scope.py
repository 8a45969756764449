"""A place's targets are seen by those whose scope holds it; only the owner writes them."""

from django.db import migrations

from yimaqing.kit.rowscope import drop_policy_sql, grant_sql, policy_sql

TABLE = "cockpit_target"


class Migration(migrations.Migration):
    dependencies = [("cockpit", "0003_target")]
    operations = [
        migrations.RunSQL(
            [policy_sql(TABLE, household_column=None), grant_sql(TABLE, "SELECT")],
            [drop_policy_sql(TABLE)],
        )
    ]
