"""What a scanned household code reads, and the households behind a place's code."""

from django.db import migrations

# A household that moves, or whose village is renumbered, takes its codes along.
FOLLOW = """
ALTER TABLE codes_code ADD CONSTRAINT codes_code_follows_household
  FOREIGN KEY (place_code, household_id) REFERENCES registry_household (place_code, id)
  ON UPDATE CASCADE ON DELETE CASCADE
"""

# With the owner's rights, for anybody: the office contact of the responsible helper, else
# of the place. Whether there is a helper must not show: both come out in the same form.
PUBLIC = """
CREATE FUNCTION registry_household_public(p_place text, p_household bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  helper jsonb;
BEGIN
  SELECT jsonb_build_object('name', p.helper_name, 'phone', p.office_phone) INTO helper
    FROM registry_pairing p
   WHERE p.household_id = p_household AND p.place_code = p_place AND p.office_phone <> ''
     AND p.starts_on <= current_date AND (p.ends_on IS NULL OR p.ends_on > current_date)
   ORDER BY p.rank, p.starts_on DESC LIMIT 1;
  RETURN jsonb_build_object('contact', coalesce(helper, places_office(p_place)));
END $$;
REVOKE ALL ON FUNCTION registry_household_public(text, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry_household_public(text, bigint) TO yimaqing_app;
"""

# For a department's officer: whose door it is, nothing more; the file page shows what
# the department may see.
NAME = """
CREATE FUNCTION registry_household_name(p_place text, p_household bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT jsonb_build_object('head', left(h.head_name, 1)
             || repeat('*', greatest(char_length(h.head_name) - 1, 0)))
      FROM registry_household h WHERE h.place_code = p_place AND h.id = p_household);
END $$;
GRANT EXECUTE ON FUNCTION registry_household_name(text, bigint) TO yimaqing_app;
"""

# Of the changes only the names of the columns come out, never an old value; column by
# column in arrays, newest first, because building an object a row took most of the time.
CARD = """
CREATE FUNCTION registry_household_card(p_place text, p_household bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  h record;
  c record;
BEGIN
  SELECT head_name, member_count, register_class, "group", poverty_status, main_cause, team, valid
    INTO h FROM registry_household WHERE place_code = p_place AND id = p_household;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  SELECT array_agg(subject_kind) AS subjects, array_agg(subject_id) AS ids,
         array_agg(kind) AS kinds, array_agg(at::date) AS days, array_agg(source) AS sources,
         array_agg(CASE WHEN kind = 'updated'
                        THEN jsonb_path_query_array(before, '$.keyvalue().key') END) AS fields
    INTO c FROM (
      SELECT * FROM registry_change x
       WHERE x.place_code = p_place AND x.household_id = p_household
       ORDER BY x.id DESC LIMIT 16) newest;
  RETURN jsonb_build_object(
    'head', left(h.head_name, 1) || repeat('*', greatest(char_length(h.head_name) - 1, 0)),
    'members', h.member_count, 'register_class', h.register_class, 'group', h."group",
    'poverty_status', h.poverty_status, 'main_cause', h.main_cause, 'team', h.team,
    'valid', h.valid, 'contact', registry_household_public(p_place, p_household) -> 'contact',
    'changes', jsonb_build_array(c.subjects, c.ids, c.kinds, c.days, c.sources, c.fields));
END $$;
GRANT EXECUTE ON FUNCTION registry_household_card(text, bigint) TO yimaqing_app;
"""

# The households below a place, counted; row-level security decides which.
COUNTS = """
CREATE FUNCTION registry_place_counts(p_place text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  prefix text := left(p_place, coalesce(
    (SELECT CASE level WHEN 3 THEN 6 WHEN 4 THEN 9 WHEN 5 THEN 12 END
       FROM places_place WHERE code = p_place), length(p_place)));
  counts jsonb;
BEGIN
  SELECT jsonb_build_object(
      'households', coalesce(sum(n), 0), 'people', coalesce(sum(people), 0),
      'classes', coalesce(jsonb_object_agg(value, n) FILTER (WHERE field = 'class'), '{}'),
      'groups', coalesce(jsonb_object_agg(value, n) FILTER (WHERE field = 'group'), '{}'))
    INTO counts FROM (
      SELECT CASE WHEN GROUPING(h.register_class) = 0 THEN 'class' ELSE 'group' END AS field,
             coalesce(CASE WHEN GROUPING(h.register_class) = 0 THEN h.register_class
                           ELSE h."group" END, '') AS value,
             count(*) AS n, sum(h.member_count) AS people
        FROM registry_household h
       WHERE h.valid AND h.place_code >= prefix
         AND h.place_code < left(prefix, -1) || chr(ascii(right(prefix, 1)) + 1)
       GROUP BY GROUPING SETS ((h.register_class), (h."group"))) cells;
  -- Both groupings cover every household, so the sums count each twice.
  RETURN counts || jsonb_build_object('households', (counts ->> 'households')::bigint / 2,
                                      'people', (counts ->> 'people')::bigint / 2);
END $$;
GRANT EXECUTE ON FUNCTION registry_place_counts(text) TO yimaqing_app;

CREATE FUNCTION registry_place_panel(p_place text, p_subject bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN registry_place_counts(p_place);
END $$;
GRANT EXECUTE ON FUNCTION registry_place_panel(text, bigint) TO yimaqing_app;

CREATE FUNCTION registry_place_public(p_place text, p_subject bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  counts jsonb := registry_place_counts(p_place);
BEGIN
  RETURN public_cells(jsonb_build_object('households', counts -> 'households',
                                         'people', counts -> 'people'))
      || jsonb_build_object('classes', public_cells(counts -> 'classes'),
                            'groups', public_cells(counts -> 'groups'));
END $$;
REVOKE ALL ON FUNCTION registry_place_public(text, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry_place_public(text, bigint) TO yimaqing_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0003_household_hull"),
        ("codes", "0003_scan"),
        ("places", "0010_cards"),
    ]
    operations = [
        migrations.RunSQL(
            FOLLOW, "ALTER TABLE codes_code DROP CONSTRAINT codes_code_follows_household"
        ),
        migrations.RunSQL(PUBLIC, "DROP FUNCTION registry_household_public(text, bigint)"),
        migrations.RunSQL(NAME, "DROP FUNCTION registry_household_name(text, bigint)"),
        migrations.RunSQL(CARD, "DROP FUNCTION registry_household_card(text, bigint)"),
        migrations.RunSQL(
            COUNTS,
            "DROP FUNCTION registry_place_public(text, bigint);"
            "DROP FUNCTION registry_place_panel(text, bigint);"
            "DROP FUNCTION registry_place_counts(text)",
        ),
    ]
