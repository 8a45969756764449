"""The card of a household in one statement: starting three cost more than what they read.

The pairings and the changes are looked for by household alone. The place adds nothing (the
composite key holds them together), and with it the planner took the index by place and read
the whole village's. Row-level security stays what it was.
"""

from importlib import import_module

from django.db import migrations

before = import_module("yimaqing.domains.registry.migrations.0016_one_contact")

CARD = """
CREATE FUNCTION registry_household_card(p_place text, p_household bigint) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  card json;
BEGIN
  SELECT json_build_object(
    'head', left(h.head_name, 1) || repeat('*', greatest(char_length(h.head_name) - 1, 0)),
    'members', h.member_count, 'register_class', h.register_class, 'group', h."group",
    'poverty_status', h.poverty_status, 'main_cause', h.main_cause, 'team', h.team,
    'valid', h.valid,
    'contact', coalesce((
      SELECT jsonb_build_object('name', p.helper_name, 'phone', p.office_phone)
        FROM registry_pairing p
       WHERE p.household_id = p_household AND p.office_phone <> ''
         AND p.starts_on <= current_date AND (p.ends_on IS NULL OR p.ends_on > current_date)
       ORDER BY p.rank, p.starts_on DESC LIMIT 1), places_office(p_place)),
    'changes', (
      SELECT json_agg(json_build_array(
               subject_kind, subject_id, kind, at::date, source, CASE WHEN kind = 'updated'
                 THEN jsonb_path_query_array(before, '$.keyvalue().key') END))
        FROM (SELECT * FROM registry_change x WHERE x.household_id = p_household
               ORDER BY x.id DESC LIMIT 16) newest))
    INTO card
    FROM registry_household h WHERE h.place_code = p_place AND h.id = p_household;
  RETURN card;
END $$;
GRANT EXECUTE ON FUNCTION registry_household_card(text, bigint) TO yimaqing_app;
"""

DROP = "DROP FUNCTION registry_household_card(text, bigint)"
GRANT = "GRANT EXECUTE ON FUNCTION registry_household_card(text, bigint) TO yimaqing_app"


class Migration(migrations.Migration):
    dependencies = [("registry", "0016_one_contact")]
    operations = [migrations.RunSQL([DROP, CARD], [DROP, before.CARD, GRANT])]
