"""What a scanned code reads of places: path, contacts, yearly file, counts fit for strangers."""

from django.db import migrations

# Counts that anybody may see: cells below ten are blanked, and when that leaves only one
# blank (which the sum would give away) the next smallest goes too.
PUBLIC_CELLS = """
CREATE FUNCTION public_cells(counts jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  blanked jsonb := '{}';
  blanks int := 0;
  cell record;
BEGIN
  IF counts IS NULL OR jsonb_typeof(counts) <> 'object' THEN
    RETURN blanked;  -- nothing was counted
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
GRANT EXECUTE ON FUNCTION public_cells(jsonb) TO yimaqing_app;
"""

# County, township and village of a place, by the levels of its code (never by zeros).
PATH = """
CREATE FUNCTION places_path(p_place text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT coalesce(jsonb_agg(name ORDER BY level), '[]') FROM places_place
     WHERE code IN (rpad(left(p_place, 6), 12, '0'), rpad(left(p_place, 9), 12, '0'),
                    left(p_place, 12))
       AND level BETWEEN 3 AND 5);
END $$;
GRANT EXECUTE ON FUNCTION places_path(text) TO yimaqing_app;
"""

# The nearest office number: the village's, else the township's, else the county's.
CONTACT = """
CREATE FUNCTION places_office(p_place text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT jsonb_build_object('name', c.name, 'phone', c.office_phone) FROM places_contact c
     WHERE c.place_id IN (rpad(left(p_place, 6), 12, '0'), rpad(left(p_place, 9), 12, '0'),
                          left(p_place, 12))
       AND c.office_phone <> '' AND c.valid_from <= current_date
       AND (c.valid_to IS NULL OR c.valid_to > current_date)
     ORDER BY c.place_id DESC, c.duty <> 'office', c.duty, c.id LIMIT 1);
END $$;
GRANT EXECUTE ON FUNCTION places_office(text) TO yimaqing_app;
"""

CARD = """
CREATE FUNCTION places_card(p_place text, p_subject bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN jsonb_build_object(
    'contact', places_office(p_place),
    'contacts', (
      SELECT jsonb_agg(jsonb_build_object('duty', c.duty, 'name', c.name,
                                          'phone', c.office_phone) ORDER BY c.duty, c.id)
        FROM places_contact c
       WHERE c.place_id = p_place AND c.valid_from <= current_date
         AND (c.valid_to IS NULL OR c.valid_to > current_date)),
    'statuses', (
      SELECT jsonb_agg(jsonb_build_object('status', s.status, 'since', s.starts_on,
                                          'until', s.ends_on) ORDER BY s.starts_on)
        FROM places_placestatus s WHERE s.place_id = p_place),
    'years', (
      SELECT jsonb_agg(to_jsonb(y) ORDER BY y.year DESC) FROM (
        SELECT year, attribute, households, population, rural_population,
               minimum_living_households, disabled_people, labour_force, migrant_workers,
               water_difficult_households, water_substandard_households, dangerous_houses,
               clinics, net_income_per_capita_fen, collective_income_fen, source
          FROM places_placeyear WHERE place_id = p_place ORDER BY year DESC LIMIT 3) y));
END $$;
GRANT EXECUTE ON FUNCTION places_card(text, bigint) TO yimaqing_app;
"""

# For strangers: office contacts, the place's public status, and the newest yearly file.
PUBLIC_CARD = """
CREATE FUNCTION places_public_card(p_place text, p_subject bigint) RETURNS jsonb
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
GRANT EXECUTE ON FUNCTION places_public_card(text, bigint) TO yimaqing_app;
"""


class Migration(migrations.Migration):
    dependencies = [("places", "0002_grants")]
    operations = [
        migrations.RunSQL(PUBLIC_CELLS, "DROP FUNCTION public_cells(jsonb)"),
        migrations.RunSQL(PATH, "DROP FUNCTION places_path(text)"),
        migrations.RunSQL(CONTACT, "DROP FUNCTION places_office(text)"),
        migrations.RunSQL(CARD, "DROP FUNCTION places_card(text, bigint)"),
        migrations.RunSQL(PUBLIC_CARD, "DROP FUNCTION places_public_card(text, bigint)"),
    ]
