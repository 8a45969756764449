"""Reading the cockpit's figures: from the newest snapshot, and from earlier evaluations."""

from yimaqing.domains.cockpit.queries.figures import (
    PAGE,
    VILLAGE,
    Figure,
    HouseholdKey,
    Spot,
    expected_villages,
    figures_below,
    households_of,
    place_figures,
    prefix_below,
    roots,
    visible_ranges,
    whole,
)
from yimaqing.domains.cockpit.queries.standing import (
    NoSnapshot,
    Snapshot,
    measures,
    newest,
    opened,
)
from yimaqing.domains.cockpit.queries.targets import targets_of
from yimaqing.domains.cockpit.queries.trend import Point, change_since, trend_of

__all__ = [
    "PAGE",
    "VILLAGE",
    "Figure",
    "HouseholdKey",
    "NoSnapshot",
    "Point",
    "Snapshot",
    "Spot",
    "change_since",
    "expected_villages",
    "figures_below",
    "households_of",
    "measures",
    "newest",
    "opened",
    "place_figures",
    "prefix_below",
    "roots",
    "targets_of",
    "trend_of",
    "visible_ranges",
    "whole",
]
