"""Every write to the household's file."""

from yimaqing.domains.registry.actions.corrections import (
    BadCorrection,
    ChangedMeanwhile,
    correct_household,
)
from yimaqing.domains.registry.actions.grouping import UnknownGroup, set_group
from yimaqing.domains.registry.actions.opening import (
    CannotUnmask,
    PurposeMissing,
    open_file,
    unmask,
)
from yimaqing.domains.registry.actions.readings import BadReading, record_reading
from yimaqing.domains.registry.actions.rotation import Rotated, rotate_keys

__all__ = [
    "BadCorrection",
    "BadReading",
    "CannotUnmask",
    "ChangedMeanwhile",
    "PurposeMissing",
    "Rotated",
    "UnknownGroup",
    "correct_household",
    "open_file",
    "record_reading",
    "rotate_keys",
    "set_group",
    "unmask",
]
