"""What is asked of PostgreSQL for one household."""

from django.utils import timezone

from yimaqing.domains.monitoring.compiled import one_household_sql
from yimaqing.domains.monitoring.rulebook import in_force
from yimaqing.domains.monitoring.rules import Clock


def test_no_part_of_the_rules_is_written_out_for_every_rule(database):
    """PostgreSQL would plan each copy: a tenth of a second instead of milliseconds."""
    day = timezone.localdate()
    findings, standing = one_household_sql(in_force(day), Clock(day))
    for sql in (findings, standing):
        assert sql.count('"registry_reading"') <= 5
        assert sql.count('"registry_person"') == 1
