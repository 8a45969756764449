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
    PAGE,
    HouseholdLine,
    household_numbers,
    households_in,
    kind_of_search,
    lines_for,
    lines_of,
    named_households,
    readings_by_id,
    search_households,
)
from yimaqing.domains.registry.queries.members import (
    MemberName,
    Registered,
    members_named,
    registered,
    said_of,
)

__all__ = [
    "PAGE",
    "HouseholdFile",
    "HouseholdLine",
    "MemberName",
    "Registered",
    "birth_days_of",
    "household_file",
    "household_numbers",
    "households_in",
    "kind_of_search",
    "label_of",
    "lines_for",
    "lines_of",
    "members_named",
    "named_households",
    "openable_household",
    "readings_by_id",
    "readings_of",
    "registered",
    "results_of",
    "said_of",
    "search_households",
    "timeline_of",
]
