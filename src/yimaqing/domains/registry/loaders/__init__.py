"""How rows of the national layout become households' files."""

import tomllib
from pathlib import Path

from yimaqing.domains.registry.departments.declared import LISTS
from yimaqing.domains.registry.loaders.help import measures, pairings, payments
from yimaqing.domains.registry.loaders.households import households
from yimaqing.domains.registry.loaders.incomes import incomes
from yimaqing.domains.registry.loaders.listed import department_lists, headings_of
from yimaqing.domains.registry.loaders.living import living_conditions
from yimaqing.domains.registry.loaders.observed import readings
from yimaqing.domains.registry.loaders.persons import persons

#: In the order in which they depend on each other.
datasets = [
    households,
    persons,
    incomes,
    living_conditions,
    measures,
    payments,
    readings,
    pairings,
    *department_lists,
]

_FOREIGN = tomllib.loads(Path(__file__).with_name("foreign.toml").read_text(encoding="utf-8"))
#: What other people's sheets call columns (by dataset, "any" for all) and values (by code table),
#: words of their titles, what a title says of all rows, and which dataset another one's sheet
#: holds too.
headings: dict[str, dict[str, list[str]]] = _FOREIGN["headings"] | {
    one.name: headings_of(one, _FOREIGN["headings"].get(one.name, {})) for one in LISTS
}
titles: dict[str, list[str]] = _FOREIGN["titles"] | {
    one.name: [*one.words, *_FOREIGN["titles"].get(one.name, ())] for one in LISTS
}
told_by_title: dict[str, dict[str, str]] = _FOREIGN["told_by_title"] | {
    one.name: _FOREIGN["told_by_title"]["any_list"] | _FOREIGN["told_by_title"].get(one.name, {})
    for one in LISTS
}
folds: dict[str, dict[str, str]] = _FOREIGN["folds"]
spoken: dict[str, dict[str, list[str]]] = _FOREIGN["values"]
