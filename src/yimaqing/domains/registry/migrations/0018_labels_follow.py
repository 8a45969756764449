"""A household that moves, or whose village is renumbered, takes its printed labels along."""

from django.db import migrations

from yimaqing.kit.rowscope import household_key_sql


class Migration(migrations.Migration):
    dependencies = [("registry", "0017_card_in_one"), ("codes", "0008_labels")]
    operations = [
        migrations.RunSQL(
            household_key_sql("codes_labelprint"),
            "ALTER TABLE codes_labelprint DROP CONSTRAINT codes_labelprint_household",
        )
    ]
