"""Pages of the registry: list, search, the household's file, unmasking, a new reading."""

from yimaqing.domains.registry.views.entries import correct, new_reading
from yimaqing.domains.registry.views.household import CAME_FROM, file, unmask_value
from yimaqing.domains.registry.views.lists import households, search

__all__ = ["CAME_FROM", "correct", "file", "households", "new_reading", "search", "unmask_value"]
