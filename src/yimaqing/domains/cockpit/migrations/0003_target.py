"""Targets that documents set for figures."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cockpit", "0002_scope")]
    operations = [
        migrations.CreateModel(
            name="Target",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "place_code",
                    models.TextField(db_collation="C", help_text="the place itself, 12 digits"),
                ),
                ("measure", models.TextField()),
                ("bound", models.TextField(help_text="most or least")),
                (
                    "value",
                    models.IntegerField(help_text="households or people, as the measure says"),
                ),
                ("due_on", models.DateField()),
                ("document", models.TextField(help_text="the document that sets it")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["place_code", "measure"], name="cockpit_target_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(bound__in=["most", "least"], value__gte=0),
                        name="cockpit_target_sound",
                    ),
                ]
            },
        )
    ]
