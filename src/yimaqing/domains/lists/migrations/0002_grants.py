"""The application role keeps questions, views and exports; no row of a list is among them."""

from django.db import migrations

from yimaqing.kit.rowscope import grant_sql

TABLES = ("lists_asked", "lists_view", "lists_export")


class Migration(migrations.Migration):
    dependencies = [("lists", "0001_initial"), ("audit", "0002_append_only")]
    operations = [migrations.RunSQL([grant_sql(table) for table in TABLES], migrations.RunSQL.noop)]
