"""Append-only for the application; each reads what its scope covers."""

from django.db import migrations

from yimaqing.kit.rowscope import TYPES_SQL, drop_policy_sql, grant_sql, policy_sql

READ = policy_sql("audit_entry").replace(
    "CREATE POLICY scope ON audit_entry USING",
    "CREATE POLICY scope ON audit_entry FOR SELECT USING",
)
# A SELECT policy takes no WITH CHECK: whatever is done may be written down.
READ = READ[: READ.index(" WITH CHECK")]


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.RunSQL(TYPES_SQL, migrations.RunSQL.noop),
        migrations.RunSQL(
            [
                (
                    "ALTER TABLE audit_entry ALTER COLUMN xact"
                    " SET DEFAULT (pg_current_xact_id()::text::int8)"
                ),
                READ,
                "CREATE POLICY append ON audit_entry FOR INSERT WITH CHECK (true)",
                grant_sql("audit_entry", "SELECT, INSERT"),
                grant_sql("audit_seal", "SELECT"),
            ],
            [
                "ALTER TABLE audit_entry ALTER COLUMN xact DROP DEFAULT",
                "DROP POLICY append ON audit_entry",
                drop_policy_sql("audit_entry"),
            ],
        ),
    ]
