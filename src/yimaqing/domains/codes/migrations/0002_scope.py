"""Row-level security of codes, and fresh tokens."""

from django.db import migrations

from yimaqing.kit.rowscope import drop_policy_sql, grant_sql, policy_sql

READ_LOG = policy_sql("codes_scanlog").replace(
    "CREATE POLICY scope ON codes_scanlog USING",
    "CREATE POLICY scope ON codes_scanlog FOR SELECT USING",
)
# A SELECT policy takes no WITH CHECK: whoever scans, the scan is written down.
READ_LOG = READ_LOG[: READ_LOG.index(" WITH CHECK")]

# 31 characters without 0 o, 1 i l: fifteen carry 74 bits, the sixteenth checks them.
# Weights 1…15 are distinct modulo the prime 31, so that any one wrong character and any
# two swapped ones are noticed. Tokens come from the server's strong random source.
MAKE = """
CREATE FUNCTION codes_new_token() RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  alphabet CONSTANT text := '23456789abcdefghjkmnpqrstuvwxyz';
  noise bytea := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
  digit int;
  total int := 0;
  token text := '';
BEGIN
  FOR place IN 1..15 LOOP
    digit := (get_byte(noise, 2 * place - 2) * 256 + get_byte(noise, 2 * place - 1)) % 31;
    total := total + place * digit;
    token := token || substr(alphabet, digit + 1, 1);
  END LOOP;
  RETURN token || substr(alphabet, total % 31 + 1, 1);
END $$;
GRANT EXECUTE ON FUNCTION codes_new_token() TO yimaqing_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("codes", "0001_initial"),
        ("audit", "0002_append_only"),
        ("accounts", "0002_grants"),
    ]
    operations = [
        migrations.RunSQL(
            [
                policy_sql("codes_code"),
                grant_sql("codes_code", "SELECT, INSERT, UPDATE"),
                READ_LOG,
                "CREATE POLICY append ON codes_scanlog FOR INSERT WITH CHECK (true)",
                grant_sql("codes_scanlog", "SELECT, INSERT"),
                # What a crash may lose: counters and kept copies, never a record.
                "ALTER TABLE codes_guess SET UNLOGGED",
                "ALTER TABLE codes_keptcard SET UNLOGGED",
                grant_sql("codes_guess"),
                grant_sql("codes_keptcard"),
            ],
            [
                drop_policy_sql("codes_code"),
                "DROP POLICY append ON codes_scanlog",
                drop_policy_sql("codes_scanlog"),
                "ALTER TABLE codes_guess SET LOGGED",
                "ALTER TABLE codes_keptcard SET LOGGED",
            ],
        ),
        migrations.RunSQL(MAKE, "DROP FUNCTION codes_new_token()"),
    ]
