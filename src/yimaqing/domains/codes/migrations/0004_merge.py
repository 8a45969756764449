"""When places merge, the codes of both stand at one place: the one that was there stays."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION codes_merge() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  staying bigint;
BEGIN
  SELECT id INTO staying FROM codes_code
   WHERE kind = NEW.kind AND place_code = NEW.place_code AND subject_id = NEW.subject_id
     AND state = 'active' AND id <> NEW.id;
  IF FOUND THEN
    NEW.state := 'replaced';
    NEW.replaced_by_id := staying;
    NEW.ended_at := now();
    NEW.ended_by := 'system:recode';
    NEW.reason := '地点合并';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER codes_merge BEFORE UPDATE OF place_code ON codes_code
  FOR EACH ROW WHEN (NEW.state = 'active' AND NEW.place_code <> OLD.place_code)
  EXECUTE FUNCTION codes_merge()
"""


class Migration(migrations.Migration):
    dependencies = [("codes", "0003_scan")]
    operations = [
        migrations.RunSQL(
            FORWARD,
            "DROP TRIGGER codes_merge ON codes_code; DROP FUNCTION codes_merge()",
        )
    ]
