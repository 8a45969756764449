"""Who answers for a user who never held an assignment."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_appointed_from")]
    operations = [
        migrations.AddField(
            "user",
            "created_from",
            models.TextField(
                blank=True,
                default="",
                db_default="",
                db_collation="C",
                help_text="the creating administrator's place:"
                " answers for the user who never held an assignment",
            ),
        ),
    ]
