"""Reading the household's file."""

from yimaqing.domains.registry.codetables import label_of
from yimaqing.domains.registry.queries.file import (
    HouseholdFile,
    birth_days_of,
    household_file,
    openable_household,
    readings_of,
    results_of,
    timeline_of,
)
from yimaqing.domains.registry.queries.lists import (
    HouseholdLine,
    household_numbers,
    lines_for,
    lines_of,
    readings_by_id,
)
from yimaqing.domains.registry.queries.members import (
    MemberName,
    Registered,
    members_named,
    registered,
    said_of,
)

__all__ = [
    "HouseholdFile",
    "HouseholdLine",
    "MemberName",
    "Registered",
    "birth_days_of",
    "household_file",
    "household_numbers",
    "label_of",
    "lines_for",
    "lines_of",
    "members_named",
    "openable_household",
    "readings_by_id",
    "readings_of",
    "registered",
    "results_of",
    "said_of",
    "timeline_of",
]
