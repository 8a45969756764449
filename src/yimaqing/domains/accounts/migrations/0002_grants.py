"""What the application may do with accounts."""

from django.db import migrations

from yimaqing.kit.rowscope import grant_sql

TABLES = ("user", "assignment", "assignedhousehold", "session")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("audit", "0002_append_only")]
    operations = [
        migrations.RunSQL([grant_sql(f"accounts_{t}") for t in TABLES], migrations.RunSQL.noop)
    ]
