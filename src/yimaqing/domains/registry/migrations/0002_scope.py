"""Row-level security, composite keys and grants of the household's file."""

from django.db import migrations

from yimaqing.kit.rowscope import drop_policy_sql, grant_sql, household_key_sql, policy_sql

CHILDREN = (
    "person",
    "persongram",
    "yearlyincome",
    "livingcondition",
    "measure",
    "payment",
    "pairing",
    "reading",
    "change",
)


def forward() -> list[str]:
    """Statements for every table of the registry."""
    statements = [
        policy_sql("registry_household", household_column="id"),
        grant_sql("registry_household", "SELECT, INSERT, UPDATE"),
    ]
    for name in CHILDREN:
        table = f"registry_{name}"
        rights = {"persongram": "SELECT, INSERT, UPDATE, DELETE", "change": "SELECT, INSERT"}
        statements += [
            household_key_sql(table),
            policy_sql(table),
            grant_sql(table, rights.get(name, "SELECT, INSERT, UPDATE")),
        ]
    return statements


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial"), ("audit", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            forward(), [drop_policy_sql(f"registry_{t}") for t in ("household", *CHILDREN)]
        )
    ]
