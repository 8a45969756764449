"""What lists are filtered by gets an index each, without the values that nearly everybody has.

Frequent values are found by walking the list's order; block ranges stay for the other columns.
Measured: docs/decisions/0025.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0022_listed"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="household",
            index=models.Index(
                condition=models.Q(("register_class__in", ("archived", "ordinary")), _negated=True),
                fields=["register_class", "place_code"],
                name="registry_household_register_cl",
            ),
        ),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(
                condition=models.Q(("group__in", ("",)), _negated=True),
                fields=["group", "place_code"],
                name="registry_household_group",
            ),
        ),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(
                condition=models.Q(("poverty_status__in", ("", "lifted")), _negated=True),
                fields=["poverty_status", "place_code"],
                name="registry_household_poverty_sta",
            ),
        ),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(
                condition=models.Q(("attribute__in", ("", "poor", "ordinary")), _negated=True),
                fields=["attribute", "place_code"],
                name="registry_household_attribute",
            ),
        ),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(
                condition=models.Q(("main_cause__in", ("",)), _negated=True),
                fields=["main_cause", "place_code"],
                name="registry_household_main_cause",
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["born_on", "place_code"], name="registry_person_born"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("minimum_living", True)),
                fields=["minimum_living", "place_code"],
                name="registry_person_living",
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("work_months__isnull", False)),
                fields=["work_months", "place_code"],
                name="registry_person_months",
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(
                    ("relation__in", ("head", "spouse", "son", "daughter")), _negated=True
                ),
                fields=["relation", "place_code"],
                name="registry_person_relation",
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("ethnicity__in", ("han",)), _negated=True),
                fields=["ethnicity", "place_code"],
                name="registry_person_ethnicity",
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("student_status__in", ("",)), _negated=True),
                fields=["student_status", "place_code"],
                name="registry_person_student_status",
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("health__in", ("healthy",)), _negated=True),
                fields=["health", "place_code"],
                name="registry_person_health",
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("labour_skill__in", ("ordinary", "none")), _negated=True),
                fields=["labour_skill", "place_code"],
                name="registry_person_labour_skill",
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("work_area__in", ("",)), _negated=True),
                fields=["work_area", "place_code"],
                name="registry_person_work_area",
            ),
        ),
    ]
