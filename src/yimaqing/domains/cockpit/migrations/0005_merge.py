"""When places merge: figures of one day are added up, a target that was there stays.

Every measure counts households or people, so the merged place's figure is the sum of both.
"""

from django.db import migrations

FIGURES = """
CREATE FUNCTION cockpit_merge_figures() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  there cockpit_storedfigure;
BEGIN
  DELETE FROM cockpit_storedfigure
   WHERE measure = NEW.measure AND as_of = NEW.as_of AND place_code = NEW.place_code
  RETURNING * INTO there;
  IF FOUND THEN
    NEW.value := NEW.value + there.value;
    NEW.known := NEW.known + there.known;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER cockpit_merge_figures BEFORE UPDATE OF place_code ON cockpit_storedfigure
  FOR EACH ROW WHEN (NEW.place_code <> OLD.place_code)
  EXECUTE FUNCTION cockpit_merge_figures()
"""

# The row that arrives takes the words of the one that was there: it cannot delete itself.
TARGETS = """
CREATE FUNCTION cockpit_merge_targets() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  there cockpit_target;
BEGIN
  DELETE FROM cockpit_target WHERE measure = NEW.measure AND place_code = NEW.place_code
  RETURNING * INTO there;
  IF FOUND THEN
    RETURN there;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER cockpit_merge_targets BEFORE UPDATE OF place_code ON cockpit_target
  FOR EACH ROW WHEN (NEW.place_code <> OLD.place_code)
  EXECUTE FUNCTION cockpit_merge_targets()
"""


class Migration(migrations.Migration):
    dependencies = [("cockpit", "0004_target_scope")]
    operations = [
        migrations.RunSQL(
            [FIGURES, TARGETS],
            [
                "DROP TRIGGER cockpit_merge_targets ON cockpit_target",
                "DROP FUNCTION cockpit_merge_targets()",
                "DROP TRIGGER cockpit_merge_figures ON cockpit_storedfigure",
                "DROP FUNCTION cockpit_merge_figures()",
            ],
        )
    ]
