"""Who answers for an assignment that names no place."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_named_from_to")]
    operations = [
        migrations.AddField(
            "assignment",
            "appointed_from",
            models.TextField(
                blank=True,
                default="",
                db_collation="C",
                help_text="the appointing administrator's place:"
                " answers for it where it names no place",
            ),
        ),
    ]
