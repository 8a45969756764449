"""Which dataset a sheet is, out of what it would be taken for as each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from yimaqing.domains.intake.catalogue import dataset
from yimaqing.domains.intake.mapping.titles import title_score
from yimaqing.domains.intake.mapping.vocabulary import BY
from yimaqing.kit.dataset import Kind

if TYPE_CHECKING:
    from yimaqing.domains.intake.mapping.guess import Guess

#: A column that is named for certain; see ``guess.SURE``.
_SURE = 0.86
_NEEDED_WEIGHT, _MISSING = 2.0, 0.6
#: What a title says of a required column (but a year stands in titles of anything).
_TOLD = 1.0
#: Who, whose, where: in sheets of any dataset.
_WHO = (Kind.NAME, Kind.ID_NUMBER, Kind.PHONE, Kind.PLACE)
#: What somebody can say of a whole sheet: until when it counts, and of which place it is.
_OF_A_SHEET = (Kind.DATE, Kind.PLACE)


def worth(
    name: str,
    scores: Mapping[str, float],
    missing: Collection[str],
    told: Collection[str],
    titles: Sequence[str],
) -> float:
    """How much a sheet speaks for a dataset: what it holds of it, less what it lacks.

    ``scores`` of the sheet's own columns; ``told``: names of columns that its title gives.
    """
    columns = {column.name: column for column in dataset(name).columns}
    held = sum(
        score * (_NEEDED_WEIGHT if (c := columns.get(of(target))) and c.needed else 1.0)
        for target, score in scores.items()
        if "." not in target
    )
    said = sum(columns[one].required and one != "year" for one in told)
    return held - _MISSING * len(missing) + _TOLD * said + title_score(name, titles)


def likeliest(found: Sequence[Guess], titles: Sequence[str]) -> Guess:
    """The best of what a sheet could be.

    Never what only says who lives where, while another tells a fact under its plain heading.
    """
    able = [one for one in found if _is_able(one, titles)]
    best = max(able, key=lambda one: one.worth)
    if _facts(best):
        return best
    key = dataset(best.plan.dataset).key_column
    telling = [
        one
        for one in able
        if any(one.scores[fact] >= _SURE for fact in _facts(one))
        and any(of(source.target) == key for source in one.plan.columns)
    ]
    return max(telling, key=lambda one: one.worth, default=best)


def of(target: str) -> str:
    """The column that a target is, or that it finds."""
    return target.partition(BY)[0]


def _is_able(one: Guess, titles: Sequence[str]) -> bool:
    """A dataset of whole sheets only lacks nothing but what its title's sender can add."""
    kind = dataset(one.plan.dataset)
    given = one.plan.constants
    assumed = {c.label for c in kind.columns if c.otherwise and given.get(c.name) == c.otherwise}
    missing = assumed | set(one.missing)
    if not kind.guessed_whole or not missing:
        return True
    labels = {column.label for column in kind.columns if column.kind in _OF_A_SHEET}
    return missing <= labels and title_score(kind.name, titles) > 0


def _facts(one: Guess) -> list[str]:
    """Targets beside who, where, by what number and how many a new record is of."""
    kind = dataset(one.plan.dataset)
    columns = {column.name: column for column in kind.sheet_columns}
    return [
        target
        for target in one.scores
        if BY not in target
        and not (columns[target].for_new and columns[target].kind is Kind.INTEGER)
        and columns[target].kind not in _WHO
        and target != kind.key_column
    ]
