"""To-dos are seen within scope."""

from django.db import migrations

from yimaqing.kit.rowscope import drop_policy_sql, grant_sql, policy_sql


class Migration(migrations.Migration):
    dependencies = [("work", "0001_initial"), ("audit", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            [policy_sql("work_todo"), grant_sql("work_todo", "SELECT, INSERT, UPDATE")],
            drop_policy_sql("work_todo"),
        )
    ]
