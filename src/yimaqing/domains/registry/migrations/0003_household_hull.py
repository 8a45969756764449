"""The places of named households, for the hull of a scope that names them.

Runs with the owner's rights and returns nothing but the two ends of the range.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION accounts_household_hull(ids bigint[], OUT low text, OUT high text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT min(place_code), max(place_code) FROM registry_household WHERE id = ANY(ids)
$$;
REVOKE ALL ON FUNCTION accounts_household_hull(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accounts_household_hull(bigint[]) TO yimaqing_app;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_scope")]
    operations = [migrations.RunSQL(FORWARD, "DROP FUNCTION accounts_household_hull(bigint[])")]
