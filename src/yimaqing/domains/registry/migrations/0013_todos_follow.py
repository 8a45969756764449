"""A household that moves, or whose village is renumbered, takes its to-dos along."""

from django.db import migrations

from yimaqing.kit.rowscope import household_key_sql


class Migration(migrations.Migration):
    dependencies = [("registry", "0012_bulk"), ("work", "0002_scope")]
    operations = [
        migrations.RunSQL(
            household_key_sql("work_todo"),
            "ALTER TABLE work_todo DROP CONSTRAINT work_todo_household",
        )
    ]
