"""What the chain needs of retired data keys, for the owner alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_sealing")]
    operations = [
        migrations.CreateModel(
            "RetiredKey",
            [
                ("key_id", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("sealed", models.BinaryField(help_text="with the newest data key")),
            ],
        )
    ]
