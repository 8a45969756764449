"""What lists are filtered by gets an index each; block ranges stay for the rest.

Values repeat, and a b-tree keeps each of them once: ten columns of 590,000 people are 4 to 6 MB
each, not 15. Block ranges read the whole table for a value that one person in a thousand has.
Measured: docs/decisions/0025.
"""

from importlib import import_module

from django.db import migrations, models

sieves = import_module("yimaqing.domains.registry.migrations.0020_search").sieves
_BEFORE = [one for one in sieves() if "registry_household_" in one or "registry_person_" in one]
_DROP = "DROP INDEX registry_household_sieve"
_DROP_BOTH = [_DROP, "DROP INDEX registry_person_sieve"]
_REST = (
    "CREATE INDEX registry_household_sieve ON registry_household USING brin ("
    + ", ".join(
        f"{name} text_bloom_ops" for name in ("standard", "return_cause", "team", "bank_name")
    )
    + ") WITH (pages_per_range = 8)"
)


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0022_listed"),
    ]

    operations = [
        migrations.RunSQL([*_DROP_BOTH, _REST], [_DROP, *_BEFORE]),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(
                fields=["register_class", "place_code"], name="registry_household_class"
            ),
        ),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(fields=["group", "place_code"], name="registry_household_group"),
        ),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(
                fields=["poverty_status", "place_code"], name="registry_household_status"
            ),
        ),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(
                fields=["attribute", "place_code"], name="registry_household_attribute"
            ),
        ),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(
                fields=["main_cause", "place_code"], name="registry_household_cause"
            ),
        ),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(
                fields=["member_count", "place_code"], name="registry_household_members"
            ),
        ),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(
                fields=["recognised_year", "place_code"], name="registry_household_since"
            ),
        ),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(fields=["exit_year", "place_code"], name="registry_household_exit"),
        ),
        migrations.AddIndex(
            model_name="measure",
            index=models.Index(fields=["year", "place_code"], name="registry_measure_year"),
        ),
        migrations.AddIndex(
            model_name="measure",
            index=models.Index(
                fields=["measure_group", "place_code"], name="registry_measure_group"
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["fund", "place_code"], name="registry_payment_fund"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["amount_fen", "place_code"], name="registry_payment_amount"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["born_on", "place_code"], name="registry_person_born"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["relation", "place_code"], name="registry_person_relation"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                fields=["ethnicity", "place_code"], name="registry_person_ethnicity"
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                fields=["education", "place_code"], name="registry_person_education"
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                fields=["student_status", "place_code"], name="registry_person_student"
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["health", "place_code"], name="registry_person_health"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                fields=["labour_skill", "place_code"], name="registry_person_labour"
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                fields=["minimum_living", "place_code"], name="registry_person_living"
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["work_area", "place_code"], name="registry_person_area"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["work_months", "place_code"], name="registry_person_months"),
        ),
    ]
