"""A household that moves takes the steps of its to-dos along."""

from django.db import migrations

from yimaqing.kit.rowscope import household_key_sql


class Migration(migrations.Migration):
    dependencies = [("registry", "0020_search"), ("work", "0003_held")]
    operations = [
        migrations.RunSQL(
            household_key_sql("work_step"),
            "ALTER TABLE work_step DROP CONSTRAINT work_step_household",
        )
    ]
