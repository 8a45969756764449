"""Every household of a village names the same contact to a stranger: docs/decisions/0014.

Who has a responsible helper is, nearly surely, an archived household; so a helper's name on
the card told a passer-by whom the register holds for poor. Whoever has logged in and may see
the household still finds the helper's office number, within the row scope of the scan.
"""

from importlib import import_module

from django.db import migrations

before = import_module("yimaqing.domains.registry.migrations.0010_cards")

PUBLIC = """
CREATE OR REPLACE FUNCTION registry_household_public(p_place text, p_household bigint)
RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN jsonb_build_object('contact', places_office(p_place));
END $$;
"""

CARD = """
CREATE OR REPLACE FUNCTION registry_household_card(p_place text, p_household bigint)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  h record;
  c record;
  helper jsonb;
BEGIN
  SELECT head_name, member_count, register_class, "group", poverty_status, main_cause, team, valid
    INTO h FROM registry_household WHERE place_code = p_place AND id = p_household;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  SELECT jsonb_build_object('name', p.helper_name, 'phone', p.office_phone) INTO helper
    FROM registry_pairing p
   WHERE p.household_id = p_household AND p.place_code = p_place AND p.office_phone <> ''
     AND p.starts_on <= current_date AND (p.ends_on IS NULL OR p.ends_on > current_date)
   ORDER BY p.rank, p.starts_on DESC LIMIT 1;
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
    'valid', h.valid, 'contact', coalesce(helper, places_office(p_place)),
    'changes', jsonb_build_array(c.subjects, c.ids, c.kinds, c.days, c.sources, c.fields));
END $$;
"""


def _replacing(sql: str) -> str:
    return sql.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [("registry", "0015_pairings_name")]
    operations = [
        migrations.RunSQL(PUBLIC, _replacing(before.PUBLIC)),
        migrations.RunSQL(CARD, _replacing(before.CARD)),
    ]
