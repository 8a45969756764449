"""What imported pairings opened to helpers ends with the pairings."""

from django.db import migrations

# A helper's household that no running pairing names any more was named by one that ended.
OVER = """
DELETE FROM accounts_assignedhousehold n USING accounts_assignment a
WHERE a.id = n.assignment_id AND a.role = 'helper'
  AND EXISTS (SELECT FROM registry_pairing p
              WHERE p.user_id = a.user_id AND p.household_id = n.household_id)
  AND NOT EXISTS (SELECT FROM registry_pairing p
                  WHERE p.user_id = a.user_id AND p.household_id = n.household_id
                    AND (p.ends_on IS NULL OR p.ends_on > current_date))
"""

PERIODS = """
UPDATE accounts_assignedhousehold n SET starts_on = x.starts_on, ends_on = x.ends_on
FROM accounts_assignment a, (
  SELECT user_id, household_id, min(starts_on) AS starts_on,
         nullif(max(coalesce(ends_on, 'infinity')), 'infinity') AS ends_on
  FROM registry_pairing
  WHERE user_id IS NOT NULL AND (ends_on IS NULL OR ends_on > current_date)
  GROUP BY user_id, household_id) x
WHERE a.id = n.assignment_id AND a.role = 'helper'
  AND x.user_id = a.user_id AND x.household_id = n.household_id
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0014_public_figures"), ("accounts", "0005_named_from_to")]
    operations = [
        migrations.RunSQL(OVER, migrations.RunSQL.noop),
        migrations.RunSQL(PERIODS, migrations.RunSQL.noop),
    ]
