"""Warnings of a scanned household are looked for by household, not among its village's.

The composite key holds place and household together; row-level security stays what it was.
"""

from importlib import import_module

from django.db import migrations

before = import_module("yimaqing.domains.monitoring.migrations.0002_scope")


def _replacing(sql: str) -> str:
    return sql.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


PANEL = _replacing(before.HOUSEHOLD_PANEL).replace(
    "WHERE place_code = p_place AND household_id = p_subject", "WHERE household_id = p_subject"
)


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0003_public_figures")]
    operations = [migrations.RunSQL(PANEL, _replacing(before.HOUSEHOLD_PANEL))]
