"""A blind index of the bank account: without it an import cannot tell whether it changed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0010_cards")]
    operations = [
        migrations.AddField("household", "bank_account_index", models.BinaryField(null=True))
    ]
