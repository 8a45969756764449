"""What the application may do with places: they hold no personal data."""

from django.db import migrations

from yimaqing.kit.rowscope import grant_sql

TABLES = ("place", "origin", "contact", "boundary", "placeyear", "placestatus", "recode")


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial"), ("audit", "0002_append_only")]
    operations = [
        migrations.RunSQL([grant_sql(f"places_{t}") for t in TABLES], migrations.RunSQL.noop)
    ]
