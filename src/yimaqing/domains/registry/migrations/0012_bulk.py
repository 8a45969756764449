"""What makes a prefecture's import affordable: measured, see docs/decisions.

- Search grams (2.7 million for 590,000 people) follow their person by a trigger instead of
  a foreign key to the household: the key's check of every single gram took as long as
  writing them. Grams are derived from names; one that pointed nowhere would find nobody.
- Household pages keep half their space free, so that noting who is the head, once the
  persons are in, rewrites no index.
"""

from django.db import migrations

FOLLOW = """
CREATE FUNCTION registry_grams_follow() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM registry_persongram WHERE person_id = OLD.id;
    RETURN OLD;
  END IF;
  UPDATE registry_persongram SET place_code = NEW.place_code, household_id = NEW.household_id
   WHERE person_id = NEW.id;
  RETURN NEW;
END $$;
CREATE TRIGGER grams_follow_move AFTER UPDATE OF place_code, household_id ON registry_person
  FOR EACH ROW WHEN ((OLD.place_code, OLD.household_id) IS DISTINCT FROM
                     (NEW.place_code, NEW.household_id))
  EXECUTE FUNCTION registry_grams_follow();
CREATE TRIGGER grams_follow_removal AFTER DELETE ON registry_person
  FOR EACH ROW EXECUTE FUNCTION registry_grams_follow();
ALTER TABLE registry_persongram DROP CONSTRAINT registry_persongram_household;
ALTER TABLE registry_household SET (fillfactor = 50);
"""

BACK = """
DROP TRIGGER grams_follow_move ON registry_person;
DROP TRIGGER grams_follow_removal ON registry_person;
DROP FUNCTION registry_grams_follow();
ALTER TABLE registry_household RESET (fillfactor);
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0011_bank_account_index")]
    operations = [migrations.RunSQL(FOLLOW, BACK)]
