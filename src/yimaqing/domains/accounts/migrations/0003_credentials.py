"""Password hashes move to a table that the application role cannot read."""

import django.db.models.deletion
from django.db import migrations, models

from yimaqing.kit.rowscope import APP_ROLE

# One user's hash at a time, with the owner's rights: a listing of users, an export, an error
# page or a stray SELECT can never carry hashes.
FUNCTIONS = f"""
CREATE FUNCTION accounts_password(of_user bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT password FROM accounts_credential WHERE user_id = of_user
$$;
CREATE FUNCTION accounts_keep_password(of_user bigint, hash text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO accounts_credential (user_id, password) VALUES (of_user, hash)
  ON CONFLICT (user_id) DO UPDATE SET password = excluded.password
$$;
REVOKE ALL ON FUNCTION accounts_password(bigint), accounts_keep_password(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accounts_password(bigint), accounts_keep_password(bigint, text)
  TO {APP_ROLE};
"""
# Late bound: the register's table is made further down the stream. Row-level security applies.
HOUSEHOLD_IDS = f"""
CREATE FUNCTION accounts_household_ids(numbers text[])
RETURNS TABLE (household_number text, household_id bigint)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT h.household_number, h.id FROM registry_household h
               WHERE h.household_number = ANY(numbers);
END $$;
REVOKE ALL ON FUNCTION accounts_household_ids(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accounts_household_ids(text[]) TO {APP_ROLE};
"""
# Users and assignments are ended, never deleted: the trail refers to them.
KEPT = f"REVOKE DELETE ON accounts_user, accounts_assignment FROM {APP_ROLE}"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_grants")]
    operations = [
        migrations.CreateModel(
            name="Credential",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="accounts.user",
                    ),
                ),
                ("password", models.TextField()),
            ],
        ),
        migrations.AddField("user", "password_changed_at", models.DateTimeField(null=True)),
        migrations.RunSQL(
            "INSERT INTO accounts_credential (user_id, password)"
            " SELECT id, password FROM accounts_user WHERE password <> ''",
            migrations.RunSQL.noop,
        ),
        migrations.RemoveField("user", "password"),
        migrations.RunSQL(
            [FUNCTIONS, HOUSEHOLD_IDS, KEPT],
            [
                "DROP FUNCTION accounts_password(bigint)",
                "DROP FUNCTION accounts_keep_password(bigint, text)",
                "DROP FUNCTION accounts_household_ids(text[])",
                f"GRANT DELETE ON accounts_user, accounts_assignment TO {APP_ROLE}",
            ],
        ),
    ]
