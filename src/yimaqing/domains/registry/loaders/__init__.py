"""How rows of the national layout become households' files."""

from yimaqing.domains.registry.loaders.help import measures, pairings, payments
from yimaqing.domains.registry.loaders.households import households
from yimaqing.domains.registry.loaders.incomes import incomes
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
]
