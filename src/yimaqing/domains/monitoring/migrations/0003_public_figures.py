"""Warned households counted for strangers: for counties only, rounded, every cell listed.

The rule and its reasons stand in places.0011_public_figures.
"""

from importlib import import_module

from django.db import migrations

before = import_module("yimaqing.domains.monitoring.migrations.0002_scope")

COLOURS = '{"red": 0, "orange": 0, "yellow": 0}'
INDICATORS = (
    '{"food": 0, "clothing": 0, "education": 0, "medical": 0, "housing": 0, "water": 0,'
    ' "income": 0}'
)

AFTER = f"""
CREATE OR REPLACE FUNCTION monitoring_place_public(p_place text, p_subject bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE low text COLLATE "C"; high text COLLATE "C"; counts jsonb;
BEGIN
  IF NOT EXISTS (SELECT FROM places_place WHERE code = p_place AND level = 3) THEN
    RETURN NULL;
  END IF;
  {before.BOUNDS}
  counts := ({before.COUNTS});
  RETURN jsonb_build_object(
    'rounded', true,
    'colours', public_cells('{COLOURS}'::jsonb || coalesce(
      nullif(counts -> 'colours', 'null'), '{{}}')),
    'indicators', public_cells('{INDICATORS}'::jsonb || coalesce(
      nullif(counts -> 'indicators', 'null'), '{{}}')));
END $$
"""

BEFORE = before.PLACE_PUBLIC.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0002_scope"), ("places", "0011_public_figures")]
    operations = [migrations.RunSQL(AFTER, BEFORE)]
