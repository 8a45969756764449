"""Every write to places."""

from yimaqing.domains.places.actions.divisions import (
    BadDivisionFile,
    LoadedDivisions,
    load_divisions,
)
from yimaqing.domains.places.actions.former import (
    BadFormerCodes,
    LoadedFormerCodes,
    load_former_codes,
)
from yimaqing.domains.places.actions.places import (
    add_contact,
    add_place,
    end_contact,
    load_boundaries,
    set_origins,
    set_status,
)
from yimaqing.domains.places.actions.recoding import BadRecode, recode

__all__ = [
    "BadDivisionFile",
    "BadFormerCodes",
    "BadRecode",
    "LoadedDivisions",
    "LoadedFormerCodes",
    "add_contact",
    "add_place",
    "end_contact",
    "load_boundaries",
    "load_divisions",
    "load_former_codes",
    "recode",
    "set_origins",
    "set_status",
]
