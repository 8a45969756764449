"""A scan opens a named household from the day to the day that it is named for."""

from importlib import import_module

from django.db import migrations

before = import_module("yimaqing.domains.codes.migrations.0003_scan")

NAMED = "h.assignment_id = a.id AND h.household_id = p_household"
TODAY = (
    " AND (h.starts_on IS NULL OR h.starts_on <= p_today)"
    " AND (h.ends_on IS NULL OR h.ends_on > p_today)"
)


def replaced(text: str) -> str:
    """The function written over, with its rights kept."""
    return text.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [("codes", "0005_who_is_answered"), ("accounts", "0005_named_from_to")]
    operations = [
        migrations.RunSQL(
            replaced(before.VIEW.replace(NAMED, NAMED + TODAY)), replaced(before.VIEW)
        )
    ]
