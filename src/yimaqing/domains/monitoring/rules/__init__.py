"""The rules: pure Ibis expressions over published tables, without Django.

``members``, ``assessed`` and ``alerts`` are stages (an engine may keep their results); ``standing``
and ``findings`` are what comes out. The same functions compile for PostgreSQL (one
household, at once), DuckDB (a prefecture, from a snapshot) and Spark (a nation).
"""

from yimaqing.domains.monitoring.rules.areas import Area, Rulebook
from yimaqing.domains.monitoring.rules.findings import alerts, day_of, findings, standing
from yimaqing.domains.monitoring.rules.households import assessed
from yimaqing.domains.monitoring.rules.latest import Clock, check_ids
from yimaqing.domains.monitoring.rules.loading import (
    load_lines,
    load_ruleset,
    load_scheme,
    read_ruleset,
)
from yimaqing.domains.monitoring.rules.members import members
from yimaqing.domains.monitoring.rules.programme import FINDING, STANDING, programme
from yimaqing.domains.monitoring.rules.reading import RulesetInvalid
from yimaqing.domains.monitoring.rules.ruleset import Ruleset
from yimaqing.domains.monitoring.rules.shipped import all_shipped, shipped
from yimaqing.domains.monitoring.rules.writing import to_toml

__all__ = [
    "FINDING",
    "STANDING",
    "Area",
    "Clock",
    "Rulebook",
    "Ruleset",
    "RulesetInvalid",
    "alerts",
    "all_shipped",
    "assessed",
    "check_ids",
    "day_of",
    "findings",
    "load_lines",
    "load_ruleset",
    "load_scheme",
    "members",
    "programme",
    "read_ruleset",
    "shipped",
    "standing",
    "to_toml",
]
