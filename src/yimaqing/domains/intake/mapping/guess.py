"""The guess: for each column of a sheet the likeliest target, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from yimaqing.domains.intake.catalogue import datasets
from yimaqing.domains.intake.mapping.evidence import (
    PLAINLY,
    Evidence,
    evidence_of,
    is_joined,
    is_unusual,
    speaks_for_itself,
)
from yimaqing.domains.intake.mapping.labels import (
    OWN,
    is_exact,
    is_left_out,
    label_score,
    levels_of,
    speaks_of,
)
from yimaqing.domains.intake.mapping.plan import (
    NAME_PART,
    NUMBER_PART,
    Plan,
    Source,
    completed,
    lacking_of,
    missing_of,
    ungiven,
    unique,
)
from yimaqing.domains.intake.mapping.titles import constants_from
from yimaqing.domains.intake.mapping.units import factor_of
from yimaqing.domains.intake.mapping.values import translations
from yimaqing.domains.intake.mapping.vocabulary import Target, plain, targets_of
from yimaqing.domains.intake.mapping.weighing import likeliest, worth
from yimaqing.domains.intake.mapping.whose import beside_names, with_heads
from yimaqing.domains.intake.mapping.wide import day_of, names_a_part, settled
from yimaqing.kit.dataset import Kind

#: From here on a column is taken for its target; from there on nobody needs to look. What is
#: left when all others are placed is taken for less: a word in common, and cells that fit.
TAKEN, SURE = 0.5, 0.86
_LEFT_OVER = 0.36
_LABELLED, _ALIKE, _PLAIN = 0.88, 0.35, 0.7
#: A heading of addresses, and how sure it is that they are villages where each cell is one.
_ADDRESS = re.compile(r"(家庭|户籍|户口|现|居住|详细)*(住址|地址|所在地|居住地)")
_VILLAGES_ONLY = 0.9


@dataclass(frozen=True)
class Column:
    """A column of a sheet as it came: its heading (unique) and cells of the first records."""

    heading: str
    cells: Sequence[str]


@dataclass(frozen=True)
class Guess:
    """What a sheet is taken for. ``scores`` is how sure each taken column is, by target.

    ``missing`` are needed columns without a value, ``lacking`` those that only new records need.
    ``passed`` are headings that are plainly none of the dataset's, ``nobodys`` those whose
    values need a person's number, which the sheet lacks.
    """

    plan: Plan
    scores: Mapping[str, float]
    missing: list[str] = field(default_factory=list)
    worth: float = 0.0
    passed: tuple[str, ...] = ()
    nobodys: tuple[str, ...] = ()
    lacking: list[str] = field(default_factory=list)

    @property
    def sure(self) -> bool:
        """Whether nobody needs to look: nothing is missing, and every column is plainly named."""
        return not self.missing and all(score >= SURE for score in self.scores.values())

    @property
    def unsure(self) -> list[str]:
        """Headings of columns that somebody should look at."""
        return [one.heading for one in self.plan.columns if self.scores.get(one.target, 0) < SURE]


def guess(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    titles: Sequence[str] = (),
    *,
    only: str = "",
    sheet: str = "",
) -> Guess:
    """The likeliest dataset of a sheet (or ``only``) and its columns, from its first records."""
    columns = columns_from(headings, rows)
    names = [only] if only else list(datasets())
    found = [guess_for(name, columns, titles, sheet) for name in names]
    return found[0] if only else likeliest(found, (*titles, sheet))


def columns_from(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Column]:
    """The columns of a table from its headings and records."""
    return [
        Column(heading, [row[at] for row in rows if at < len(row)])
        for at, heading in enumerate(unique(headings))
    ]


def guess_for(
    name: str, columns: Sequence[Column], titles: Sequence[str] = (), sheet: str = ""
) -> Guess:
    """The columns of a sheet as those of one dataset."""
    taken = _assigned(name, columns)
    sources: list[Source] = []
    scores: dict[str, float] = {}
    for column in columns:
        for target, part, score in taken.get(column.heading, ()):
            factor = factor_of(column.heading, target.column, titles)
            values = translations(column.cells, target)
            day = day_of(column.heading, target.key)
            sources.append(Source(column.heading, target.key, part, factor, values, day))
            whose = target.finder is not None and target.finder.purpose
            sure = whose and beside_names(columns, taken, column.heading)
            scores[target.key] = max(score, SURE) if sure else score
    mapped = {one.target for one in sources}
    constants = constants_from(name, titles, mapped)
    headings = tuple(column.heading for column in columns if column.heading)
    plan, nobodys = settled(Plan(name, tuple(sources), constants, headings), scores)
    own = dict(scores)
    plan = completed(plan)
    scores |= {one.target: SURE for one in plan.columns if one.target not in scores}
    missing, lacking = missing_of(plan), lacking_of(plan)
    value = worth(name, own, {*missing, *lacking}, constants, (*titles, sheet))
    otherwise = {c.name: c.otherwise for c in ungiven(plan) if c.otherwise}
    plan = replace(plan, constants={**otherwise, **plan.constants})
    missing = missing_of(plan)
    passed = tuple(h for h in _passed(columns, taken) if not names_a_part(h, plan))
    return Guess(plan, scores, missing, value, passed, nobodys, lacking)


Taken = dict[str, list[tuple[Target, str, float]]]


def _assigned(name: str, columns: Sequence[Column]) -> Taken:
    """The best pairs first; a column has one target (two when two things stand in it).

    What things are looked up by comes last: only for what the sheet does not state itself.
    """
    own = [t for t in targets_of(name) if t.finder is None]
    taken = _matched(name, columns, own, {}, TAKEN)
    taken = with_heads(name, columns, taken, label_score)
    by = [t for t in targets_of(name) if t.finder is not None]
    taken = _matched(name, columns, _unstated(by, taken), taken, TAKEN)
    return _matched(name, columns, _unstated([*own, *by], taken), taken, _LEFT_OVER)


def _unstated(targets: Sequence[Target], taken: Taken) -> list[Target]:
    """Targets of which the sheet states nothing yet; the parts of a name that is looked up too."""
    held = [target for found in taken.values() for target, _, _ in found]
    keys = {target.key for target in held}
    stated = {target.column.name for target in held if target.finder is None}
    found = {target.column.name for target in held if target.finder is not None}
    return [
        t
        for t in targets
        if t.key not in keys
        and t.column.name not in stated
        and (t.finder is not None or t.column.name not in found)
    ]


def _subjects(name: str) -> frozenset[str]:
    people = (t for t in targets_of(name) if t.column.kind is Kind.NAME and t.finder is None)
    return frozenset(form for t in people for form in t.names | t.others)


def _matched(
    name: str,
    columns: Sequence[Column],
    targets: Sequence[Target],
    taken: Taken,
    least: float,
) -> Taken:
    pairs = []
    subjects = _subjects(name)
    for place, column in enumerate(columns):
        if not column.heading or column.heading in taken:
            continue
        if is_joined(column.cells):
            pairs += _joined(targets, place, column)
            continue
        for order, target in enumerate(targets):
            score = score_of(column, target, subjects)
            if _are_villages(column, target):
                score = max(score, _VILLAGES_ONLY)
            if score >= least:
                pairs.append((-score, place, order, column, target, ""))
    taken = {heading: list(found) for heading, found in taken.items()}
    used: set[str] = set()
    for negative, _, _, column, target, part in sorted(pairs, key=lambda p: p[:3]):
        if target.key in used or (column.heading in taken and not part):
            continue
        if any(held[1] == part for held in taken.get(column.heading, ())):
            continue
        taken.setdefault(column.heading, []).append((target, part, -negative))
        used.add(target.key)
    return taken


def _joined(
    targets: Sequence[Target], place: int, column: Column
) -> list[tuple[float, int, int, Column, Target, str]]:
    """A column 姓名/身份证号 is two: its heading says which name and number, or the first."""
    pairs = []
    for order, target in enumerate(targets):
        part = {Kind.NAME: NAME_PART, Kind.ID_NUMBER: NUMBER_PART}.get(target.column.kind)
        if part and target.finder is None:
            score = 0.7 + 0.15 * label_score(column.heading, target)
            pairs.append((-score, place, order, column, target, part))
    return pairs


def score_of(column: Column, target: Target, subjects: frozenset[str] = frozenset()) -> float:
    """How likely a column is the target, from its heading and its cells, 0 to 1.

    ``subjects``: what the dataset calls the people that its rows are about.
    """
    label = label_score(column.heading, target)
    about, rest = speaks_of(column.heading)
    if about and not _is_subject(about, subjects) and not _of_somebody(about, rest, target):
        return 0.0  # the head's phone is not the member's
    if (label < _LABELLED and is_left_out(column.heading)) or (
        label < OWN and is_unusual(column.cells, target)
    ):
        return 0.0
    if label < _LABELLED and is_exact(column.heading):
        label *= 0.6  # it is the name of something else
        if label < _ALIKE:
            return 0.0
        return min(0.6, _combined(label, evidence_of(column.cells, target)))
    if label < _ALIKE and not speaks_for_itself(target):
        return 0.0
    return _combined(label, evidence_of(column.cells, target))


def _are_villages(column: Column, target: Target) -> bool:
    """Whether addresses are no more than villages: what a list of people says of where."""
    if target.column.kind is not Kind.PLACE or target.finder is None or target.level is not None:
        return False
    held = [cell.strip() for cell in column.cells if cell.strip()]
    is_one = re.compile(target.finder.like.replace(r"\p{Han}", "[\u3400-\u9fff]")).fullmatch
    said = plain(levels_of(column.heading)[-1])
    return bool(held) and bool(_ADDRESS.fullmatch(said)) and all(map(is_one, held))


def _is_subject(about: str, subjects: frozenset[str]) -> bool:
    """Whether the rows are about that person: the head too where they call it head of household."""
    return about in subjects or (about.isascii() and any(s.startswith(about) for s in subjects))


def _of_somebody(about: str, rest: str, target: Target) -> bool:
    """Whether the target is about that person, or the household's number, whoever's it is."""
    number = target.column.needed and bool(target.column.pattern)
    return about + rest in target.names | target.others or (number and rest in target.names)


def _combined(label: float, evidence: Evidence | None) -> float:
    if evidence is None:
        return 0.95 * label if label >= _PLAIN else 0.0
    fit, telling = evidence.fit, evidence.telling
    if label >= _LABELLED:
        return label * (0.5 + 0.5 * min(1.0, fit / 0.5))
    if label >= _ALIKE:
        return 0.64 * label + 0.36 * telling * fit - max(0.0, 0.5 - fit)
    return 0.58 * telling * fit + 0.1 * label if telling >= PLAINLY and fit >= 0.8 else 0.0


def _passed(columns: Sequence[Column], taken: Taken) -> tuple[str, ...]:
    return tuple(
        column.heading
        for column in columns
        if column.heading not in taken
        and (is_left_out(column.heading) or is_exact(column.heading) or not any(column.cells))
    )


def confidence(score: float) -> str:
    """How sure a guess is: ``sure``, ``likely`` or ``perhaps``."""
    if score >= SURE:
        return "sure"
    return "likely" if score >= 0.68 else "perhaps"
