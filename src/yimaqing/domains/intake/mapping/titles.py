"""What stands above a table says what it is and, often, of which year."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache

from yimaqing.domains.intake.catalogue import dataset
from yimaqing.kit.dataset import Kind
from yimaqing.kit.plugins import plugins

_YEAR = re.compile(r"(20[0-4]\d)\s*年")
_BARE_YEAR = re.compile(r"(?<!\d)(20[0-4]\d)(?!\d)")
_WORD_WORTH = 0.7


def title_score(name: str, titles: Sequence[str]) -> float:
    """How much titles and the sheet's name speak for a dataset."""
    text = " ".join(titles).lower()
    return _WORD_WORTH if any(word in text for word in _titles().get(name, ())) else 0.0


def constants_from(name: str, titles: Sequence[str], mapped: Collection[str]) -> dict[str, str]:
    """Values for the whole sheet that its title names: the year, where no column has it."""
    years = {
        c.name for c in dataset(name).columns if c.kind is Kind.INTEGER and c.name == "year"
    } - set(mapped)
    text = " ".join(titles)
    found = _YEAR.search(text) or _BARE_YEAR.search(text)
    return dict.fromkeys(years, found[1]) if found else {}


@cache
def _titles() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for module in plugins("loaders"):
        found.update(getattr(module, "titles", {}))
    return found
