"""Seals name their key and era; the application cannot choose an entry's number or time."""

from django.db import migrations, models

from yimaqing.kit.rowscope import APP_ROLE

WRITABLE = (
    "actor, user_id, action, place_code, household_id, subject_kind, subject_id, purpose,"
    " before, after"
)

# Also the owner changes entries only on purpose, by taking the trigger off first.
REFUSE = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
  FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal
  FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
"""
ALLOW = """
DROP TRIGGER append_only ON audit_entry;
DROP TRIGGER append_only ON audit_seal;
DROP FUNCTION audit_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [
        migrations.AddField(
            "seal",
            "era",
            models.SmallIntegerField(
                default=1, help_text="transaction numbers start again after a restore elsewhere"
            ),
        ),
        migrations.AddField(
            "seal",
            "key_id",
            models.SmallIntegerField(default=0, help_text="key of YIMAQING_DATA_KEY"),
        ),
        migrations.RunSQL(
            [
                f"REVOKE INSERT ON audit_entry FROM {APP_ROLE}",
                f"GRANT INSERT ({WRITABLE}) ON audit_entry TO {APP_ROLE}",
                REFUSE,
            ],
            [
                ALLOW,
                f"REVOKE INSERT ({WRITABLE}) ON audit_entry FROM {APP_ROLE}",
                f"GRANT INSERT ON audit_entry TO {APP_ROLE}",
            ],
        ),
    ]
