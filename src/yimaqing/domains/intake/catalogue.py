"""The datasets that the enabled domains take."""

from __future__ import annotations

from functools import cache

from yimaqing.kit.dataset import Dataset
from yimaqing.kit.plugins import plugins

#: In place of a dataset: it is to be told from the file.
AUTO = "auto"


class UnknownDataset(LookupError):
    """No enabled domain takes a dataset of that name."""


@cache
def datasets() -> dict[str, Dataset]:
    """Every dataset by name, in the order of the domains: what others need comes first."""
    return {one.name: one for module in plugins("loaders") for one in module.datasets}


def dataset(name: str) -> Dataset:
    """The dataset of that name. Raise UnknownDataset."""
    try:
        return datasets()[name]
    except KeyError as error:
        raise UnknownDataset(name) from error


@cache
def folds() -> dict[str, dict[str, str]]:
    """Datasets that another one's sheet holds too, and how (see the loaders' ``folds``)."""
    found: dict[str, dict[str, str]] = {}
    for module in plugins("loaders"):
        found.update(getattr(module, "folds", {}))
    return found
