"""Row-level security of warnings, and what a scanned card reads of them."""

from django.db import migrations

from yimaqing.kit.rowscope import drop_policy_sql, grant_sql, household_key_sql, policy_sql

HOUSEHOLD_PANEL = """
CREATE FUNCTION monitoring_household_panel(p_place text, p_subject bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT jsonb_build_object('warnings', jsonb_agg(jsonb_build_object(
             'colour', colour, 'zh', text_zh, 'en', text_en, 'since', since, 'act_by', act_by)
             ORDER BY colour_rank, id))
      FROM monitoring_warning
     WHERE place_code = p_place AND household_id = p_subject AND closed_at IS NULL
    HAVING count(*) > 0);
END $$
"""

# Households by the most severe colour of their warnings, and by indicator that fails.
COUNTS = """
    SELECT jsonb_build_object(
      'colours', (
        SELECT jsonb_object_agg(colour, n) FROM (
          SELECT CASE worst WHEN 1 THEN 'red' WHEN 2 THEN 'orange' ELSE 'yellow' END AS colour,
                 count(*) AS n
            FROM (SELECT min(colour_rank) AS worst FROM monitoring_warning
                   WHERE place_code >= low AND place_code < high AND closed_at IS NULL
                   GROUP BY household_id) h
           GROUP BY worst) c),
      'indicators', (
        SELECT jsonb_object_agg(indicator, n) FROM (
          SELECT indicator, count(DISTINCT household_id) AS n FROM monitoring_warning
           WHERE place_code >= low AND place_code < high AND closed_at IS NULL
             AND colour_rank = 1 AND indicator <> ''
           GROUP BY indicator) i))
"""

# A subtree is cut by the level of the place, never by its zeros.
BOUNDS = """
  SELECT left(code, n), left(code, n - 1) || chr(ascii(substr(code, n, 1)) + 1)
    INTO low, high
    FROM (SELECT code, CASE level WHEN 3 THEN 6 WHEN 4 THEN 9 WHEN 5 THEN 12
                                  ELSE length(code) END AS n
            FROM places_place WHERE code = p_place) p;
"""

PLACE_PANEL = f"""
CREATE FUNCTION monitoring_place_panel(p_place text, p_subject bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE low text COLLATE "C"; high text COLLATE "C";
BEGIN
  {BOUNDS}
  RETURN ({COUNTS});
END $$
"""

PLACE_PUBLIC = f"""
CREATE FUNCTION monitoring_place_public(p_place text, p_subject bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE low text COLLATE "C"; high text COLLATE "C"; counts jsonb;
BEGIN
  {BOUNDS}
  counts := ({COUNTS});
  RETURN jsonb_build_object(
    'colours', public_cells(coalesce(counts->'colours', '{{}}')),
    'indicators', public_cells(coalesce(counts->'indicators', '{{}}')));
END $$
"""

FUNCTIONS = ("household_panel", "place_panel", "place_public")


def forward() -> list[str]:
    """Policies, keys, grants and functions."""
    statements = []
    for table in ("monitoring_warning", "monitoring_liveevaluation"):
        statements += [
            household_key_sql(table),
            policy_sql(table),
            grant_sql(table, "SELECT, INSERT, UPDATE"),
        ]
    statements += [
        grant_sql("monitoring_incomeline"),
        grant_sql("monitoring_run", "SELECT"),
        HOUSEHOLD_PANEL,
        PLACE_PANEL,
        PLACE_PUBLIC,
    ]
    for name in FUNCTIONS:
        signature = f"monitoring_{name}(text, bigint)"
        statements += [
            f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC",
            f"GRANT EXECUTE ON FUNCTION {signature} TO yimaqing_app",
        ]
    return statements


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0001_initial"),
        ("registry", "0002_scope"),
        ("places", "0010_cards"),
    ]
    operations = [
        migrations.RunSQL(
            forward(),
            [
                *(f"DROP FUNCTION monitoring_{name}(text, bigint)" for name in FUNCTIONS),
                drop_policy_sql("monitoring_warning"),
                drop_policy_sql("monitoring_liveevaluation"),
            ],
        )
    ]
