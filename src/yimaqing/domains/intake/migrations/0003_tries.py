"""How often jobs have begun a batch without getting any further."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_scope")]
    operations = [
        migrations.AddField(
            "batch",
            "tries",
            models.JSONField(default=dict, help_text="of jobs at the same step: at, count"),
        ),
    ]
