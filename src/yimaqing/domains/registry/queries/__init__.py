"""Reading the household's file."""

from yimaqing.domains.registry.codetables import label_of, measure_groups
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
    helpers_of,
    household_numbers,
    households_numbered,
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
from yimaqing.domains.registry.queries.story import News, Year, changes_of, news_of, story_of
from yimaqing.domains.registry.queries.years import Comparison, compared

__all__ = [
    "Comparison",
    "HouseholdFile",
    "HouseholdLine",
    "MemberName",
    "News",
    "Registered",
    "Year",
    "birth_days_of",
    "changes_of",
    "compared",
    "helpers_of",
    "household_file",
    "household_numbers",
    "households_numbered",
    "label_of",
    "lines_for",
    "lines_of",
    "measure_groups",
    "members_named",
    "news_of",
    "openable_household",
    "readings_by_id",
    "readings_of",
    "registered",
    "results_of",
    "said_of",
    "story_of",
    "timeline_of",
]
