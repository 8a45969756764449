"""Households counted for strangers: rounded village by village, broken down for counties only.

The rule and its reasons stand in places.0011_public_figures.
"""

from django.db import migrations

# All cells of codetables.toml, so that one that is missing does not say "nobody".
CLASSES = '{"archived": 0, "marginal": 0, "ordinary": 0}'
GROUPS = (
    '{"lifted_monitored": 0, "marginal": 0, "unstable": 0, "marginal_at_risk": 0,'
    ' "sudden_hardship": 0, "": 0}'
)

AFTER = f"""
CREATE OR REPLACE FUNCTION registry_place_public(p_place text, p_subject bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  place_level int := (SELECT level FROM places_place WHERE code = p_place);
  prefix text := left(p_place, coalesce(
    CASE place_level WHEN 3 THEN 6 WHEN 4 THEN 9 WHEN 5 THEN 12 END, length(p_place)));
  told jsonb;
  counts jsonb;
BEGIN
  SELECT jsonb_build_object('rounded', true, 'households', sum(public_count(n)),
                            'people', sum(public_count(people)))
    INTO told FROM (
      SELECT count(*) AS n, sum(h.member_count) AS people FROM registry_household h
       WHERE h.valid AND h.place_code >= prefix
         AND h.place_code < left(prefix, -1) || chr(ascii(right(prefix, 1)) + 1)
       GROUP BY left(h.place_code, 12)) villages;
  IF place_level = 3 THEN
    counts := registry_place_counts(p_place);
    told := told || jsonb_build_object(
      'classes', public_cells('{CLASSES}'::jsonb || (counts -> 'classes')),
      'groups', public_cells('{GROUPS}'::jsonb || (counts -> 'groups')));
  END IF;
  RETURN told;
END $$;
TRUNCATE codes_keptcard;
"""

BEFORE = """
CREATE OR REPLACE FUNCTION registry_place_public(p_place text, p_subject bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  counts jsonb := registry_place_counts(p_place);
BEGIN
  RETURN public_cells(jsonb_build_object('households', counts -> 'households',
                                         'people', counts -> 'people'))
      || jsonb_build_object('classes', public_cells(counts -> 'classes'),
                            'groups', public_cells(counts -> 'groups'));
END $$;
TRUNCATE codes_keptcard;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0013_todos_follow"),
        ("places", "0011_public_figures"),
        ("codes", "0004_merge"),
    ]
    operations = [migrations.RunSQL(AFTER, BEFORE)]
