"""Figures for strangers are rounded so that no level gives away what another one hides.

Blanking cells below ten on each card was not enough: a township less its villages gave the
blank back. The rule now, for whatever counts people or households:

1. A count is rounded to tens; below ten it is blank, and zero is blank like nine. Shown as
   "about 40" it stands for 35 to 44, and ten for 10 to 14.
2. A count that is told at several levels is rounded once, at the lowest: what stands above
   is the sum of what stands below (blanks as nothing), so a difference between levels only
   repeats what the villages' own cards say. A place's own figure is taken only where
   something below it is not told at all; that leaves the difference with no lower end, and
   its upper end (…4 less multiples of five) never meets a lower end.
3. A breakdown (by class, group, colour, indicator) is told at one level only, the county's:
   in a village it would point at neighbours. Every cell is listed, whether or not anybody
   is in it. See registry and monitoring.
4. No share is told; an average only as hundreds of yuan and only where ten or more live,
   for an exact average and an exact sum would give the count back.
"""

from django.db import migrations

from yimaqing.kit.rowscope import APP_ROLE

ROUNDING = f"""
CREATE FUNCTION public_count(n bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN n >= 10 THEN (n + 5) / 10 * 10 END $$;
GRANT EXECUTE ON FUNCTION public_count(bigint) TO {APP_ROLE};

CREATE OR REPLACE FUNCTION public_cells(counts jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
BEGIN
  RETURN (
    SELECT coalesce(jsonb_object_agg(key, public_count(value::bigint)), '{{}}')
      FROM jsonb_each_text(CASE jsonb_typeof(counts) WHEN 'object' THEN counts END)
     WHERE value IS NOT NULL);
END $$;
"""

BLANKING = """
DROP FUNCTION public_count(bigint);
CREATE OR REPLACE FUNCTION public_cells(counts jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  blanked jsonb := '{}';
  blanks int := 0;
  cell record;
BEGIN
  IF counts IS NULL OR jsonb_typeof(counts) <> 'object' THEN
    RETURN blanked;
  END IF;
  FOR cell IN SELECT key, value::bigint AS n FROM jsonb_each_text(counts)
              WHERE value IS NOT NULL ORDER BY value::bigint, key LOOP
    IF cell.n < 10 OR blanks = 1 THEN
      blanked := blanked || jsonb_build_object(cell.key, NULL);
      blanks := blanks + 1;
    ELSE
      blanked := blanked || jsonb_build_object(cell.key, cell.n);
    END IF;
  END LOOP;
  RETURN blanked;
END $$;
"""

# Key absent: not told; null: too few to tell.
YEAR = f"""
CREATE FUNCTION places_public_year(p_place text, p_year int) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  below jsonb;
  told jsonb;
  field text;
BEGIN
  SELECT coalesce(public_cells(jsonb_build_object(
      'households', y.households, 'population', y.population,
      'rural_population', y.rural_population, 'labour_force', y.labour_force,
      'migrant_workers', y.migrant_workers)), '{{}}')
    INTO told FROM places_placeyear y WHERE y.place_id = p_place AND y.year = p_year;
  told := coalesce(told, '{{}}');
  SELECT jsonb_agg(places_public_year(code, p_year)) INTO below FROM places_place
   WHERE parent_code = p_place AND level BETWEEN 4 AND 5
     AND (valid_to IS NULL OR valid_to > current_date);
  IF below IS NULL THEN
    RETURN told;
  END IF;
  FOREACH field IN ARRAY ARRAY['households', 'population', 'rural_population', 'labour_force',
                               'migrant_workers'] LOOP
    IF NOT EXISTS (SELECT FROM jsonb_array_elements(below) b WHERE NOT b ? field) THEN
      told := told || jsonb_build_object(field, (
        SELECT nullif(sum((b ->> field)::bigint), 0) FROM jsonb_array_elements(below) b));
    END IF;
  END LOOP;
  RETURN told;
END $$;
GRANT EXECUTE ON FUNCTION places_public_year(text, int) TO {APP_ROLE};
"""

PUBLIC_CARD = """
CREATE OR REPLACE FUNCTION places_public_card(p_place text, p_subject bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  file jsonb;
BEGIN
  SELECT jsonb_build_object(
      'rounded', true, 'year', y.year, 'source', y.source, 'clinics', y.clinics,
      'net_income_per_capita_fen', CASE WHEN greatest(y.population, y.households) >= 10
        THEN round(y.net_income_per_capita_fen / 10000.0) * 10000 END,
      'collective_income_fen', y.collective_income_fen) || places_public_year(p_place, y.year)
    INTO file
    FROM places_placeyear y WHERE y.place_id = p_place ORDER BY y.year DESC LIMIT 1;
  RETURN (places_card(p_place, p_subject) - 'years' - 'contacts')
      || jsonb_build_object('years', CASE WHEN file IS NULL THEN NULL
                                          ELSE jsonb_build_array(file) END);
END $$;
"""

PUBLIC_CARD_BEFORE = """
CREATE OR REPLACE FUNCTION places_public_card(p_place text, p_subject bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  file jsonb;
BEGIN
  SELECT jsonb_build_object(
      'year', y.year, 'source', y.source, 'clinics', y.clinics,
      'net_income_per_capita_fen', y.net_income_per_capita_fen,
      'collective_income_fen', y.collective_income_fen)
    || public_cells(jsonb_build_object(
      'households', y.households, 'population', y.population,
      'rural_population', y.rural_population, 'labour_force', y.labour_force,
      'migrant_workers', y.migrant_workers))
    INTO file
    FROM places_placeyear y WHERE y.place_id = p_place ORDER BY y.year DESC LIMIT 1;
  RETURN (places_card(p_place, p_subject) - 'years' - 'contacts')
      || jsonb_build_object('years', CASE WHEN file IS NULL THEN NULL
                                          ELSE jsonb_build_array(file) END);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("places", "0010_cards")]
    operations = [
        migrations.RunSQL(ROUNDING, BLANKING),
        migrations.RunSQL(YEAR, "DROP FUNCTION places_public_year(text, int)"),
        migrations.RunSQL(PUBLIC_CARD, PUBLIC_CARD_BEFORE),
    ]
