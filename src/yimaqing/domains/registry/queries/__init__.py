"""Reading the household's file."""

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
    lines_of,
    named_households,
    readings_by_id,
    search_households,
)

__all__ = [
    "PAGE",
    "HouseholdFile",
    "HouseholdLine",
    "birth_days_of",
    "household_file",
    "household_numbers",
    "households_in",
    "kind_of_search",
    "lines_of",
    "named_households",
    "openable_household",
    "readings_by_id",
    "readings_of",
    "results_of",
    "search_households",
    "timeline_of",
]
