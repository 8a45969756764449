"""Names that places had before a division file changed them; public, like places."""

import django.db.models.deletion
from django.db import migrations, models

from yimaqing.kit.rowscope import grant_sql


class Migration(migrations.Migration):
    dependencies = [("places", "0011_public_figures")]
    operations = [
        migrations.CreateModel(
            name="FormerName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.TextField()),
                ("valid_from", models.DateField(null=True)),
                (
                    "valid_to",
                    models.DateField(help_text="first day on which it was no longer the name"),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_names",
                        to="places.place",
                    ),
                ),
            ],
            options={
                "ordering": ("-valid_to",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=["place", "valid_to"], name="places_formername_once"
                    )
                ],
            },
        ),
        migrations.RunSQL([grant_sql("places_formername", "SELECT")], migrations.RunSQL.noop),
    ]
