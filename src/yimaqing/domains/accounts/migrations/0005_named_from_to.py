"""From when to when a household is named."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_guesses")]
    operations = [
        migrations.AddField(
            "assignedhousehold",
            "starts_on",
            models.DateField(null=True, help_text="first day; none: from the first on"),
        ),
        migrations.AddField(
            "assignedhousehold",
            "ends_on",
            models.DateField(null=True, help_text="first day on which it no longer holds"),
        ),
    ]
