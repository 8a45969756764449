"""Whose a name or a number is where a heading says only what it is, or says the head of household.

A list of people that was written by household has the head as its person; a number beside the
name of a head is the head's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from yimaqing.domains.intake.catalogue import dataset
from yimaqing.domains.intake.mapping.evidence import is_name
from yimaqing.domains.intake.mapping.labels import OTHER, levels_of, speaks_of
from yimaqing.domains.intake.mapping.vocabulary import Target, plain, targets_of
from yimaqing.kit.dataset import Kind

if TYPE_CHECKING:
    from yimaqing.domains.intake.mapping.guess import Column

Taken = dict[str, list[tuple[Target, str, float]]]
#: How likely a heading is a target, in the words that it would have without 户主.
Score = Callable[[str, Target], float]

_OF_A_HOUSEHOLD = re.compile(
    r"(户主|户代表|农户|脱贫户|贫困户|监测户|监测对象|帮扶对象|承包方代表)?(姓名|名字|名称)|户主|户代表|农户|脱贫户|贫困户|监测户"
)
_NUMBER = re.compile(r"(公民|居民)?(身份证|身份|证件|身份证件)(件)?(号|号码)?")
_SURELY = 0.9


def with_heads(name: str, columns: Sequence[Column], taken: Taken, score: Score) -> Taken:
    """What was taken, with the head of household as a list's person where it names no other.

    A number is the head's only where the name is: beside another name it is somebody else's.
    """
    if not dataset(name).guessed_whole:
        return taken
    taken = dict(taken)
    for kind in (Kind.NAME, Kind.ID_NUMBER):
        targets = [t for t in targets_of(name) if t.column.kind is kind and t.finder is None]
        held = {t.key: h for h, some in taken.items() for t, _, _ in some}
        people = [held.get(t.key, "") for t in targets_of(name) if t.column.kind is Kind.NAME]
        if kind is Kind.ID_NUMBER and not any("户主" in heading for heading in people):
            continue
        for target in targets:
            if target.key in held:
                continue
            fitting = [
                (found, column.heading)
                for column in columns
                if column.heading not in taken
                and (rest := _of_head(column.heading, target)) is not None
                and (found := score(rest, target)) >= _SURELY
            ]
            if fitting:
                best = max(fitting)
                taken[best[1]] = [(target, "", OTHER)]
    return taken


def _of_head(heading: str, target: Target) -> str | None:
    """The heading without the head of household; None where it speaks of nobody or others."""
    about, rest = speaks_of(heading)
    if about == "户主":
        return rest
    return target.label if plain(levels_of(heading)[-1]) == "户主" else None


def beside_names(columns: Sequence[Column], taken: Mapping[str, object], heading: str) -> bool:
    """Whether the number under a bare 身份证号 is of the household whose person stands before it.

    The nearest names to the left are a household's, and none of the dataset's own people.
    """
    if not _NUMBER.fullmatch(plain(levels_of(heading)[-1])):
        return False
    at = next(i for i, column in enumerate(columns) if column.heading == heading)
    for column in reversed(columns[:at]):
        if _OF_A_HOUSEHOLD.fullmatch(plain(levels_of(column.heading)[-1])):
            return column.heading not in taken
        if 2 * sum(map(is_name, column.cells)) > len(column.cells):
            return False
    return False
