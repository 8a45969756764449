"""A mapping: which column of a layout is which of a dataset, and what else is to be done.

It is JSON in the database and TOML in files; it holds headings and labels, never records.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from yimaqing.domains.intake.catalogue import UnknownDataset, dataset, folds
from yimaqing.domains.intake.mapping.vocabulary import BY, plain, targets_of
from yimaqing.domains.intake.mapping.wide import MOST, given_by, is_part, without_owner
from yimaqing.domains.intake.reading.formats import FileUnusable
from yimaqing.domains.intake.reading.header import unstated
from yimaqing.domains.intake.reading.layout import STEP
from yimaqing.kit.dataset import Column, Kind

#: Parts of a cell in which a name and an identity number stand together.
NAME_PART, NUMBER_PART = "name", "number"
PARTS = ("", NAME_PART, NUMBER_PART)
#: In a constant: a number of the row's own, where each row needs one and the sheet has none.
ROW = "{row}"
#: In a constant: the day that the file's facts hold for, as its sender says with each file.
AS_OF = "{as_of}"


@dataclass(frozen=True)
class Source:
    """One column of a sheet: what it is taken for, and how its cells become values.

    ``factor``: the sheet's unit in units of the dataset (万元: 10000). ``values``: cells →
    what the dataset would have them be. ``day``: of values that stand side by side, from the
    heading.
    """

    heading: str
    target: str
    part: str = ""
    factor: float = 1.0
    values: Mapping[str, str] = field(default_factory=dict)
    day: str = ""


@dataclass(frozen=True)
class Plan:
    """The columns that are taken, in order, and constants for what the sheet lacks.

    ``headings`` are all of the layout, by which it is recognised. ``fill``: headings whose blanks
    mean the value above. ``heads``: the column and its values by which a row begins a group;
    nothing is filled into it. ``fold``: the heading of the key by which rows become one, the
    head's. ``group``: headings by which a sheet says in its own way which rows belong together (a
    village's own number of a household): they are looked up by their head's ID number.
    """

    dataset: str
    columns: tuple[Source, ...]
    constants: Mapping[str, str] = field(default_factory=dict)
    headings: tuple[str, ...] = ()
    fill: tuple[str, ...] = ()
    heads: Mapping[str, Any] = field(default_factory=dict)
    fold: str = ""
    group: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)

    def as_toml(self) -> str:
        """As a file for ``--mapping``."""
        lines = [f"dataset = {_quoted(self.dataset)}", f"headings = {_quoted(list(self.headings))}"]
        lines += [f"fill = {_quoted(list(self.fill))}"] if self.fill else []
        lines += [f"fold = {_quoted(self.fold)}"] if self.fold else []
        lines += [f"group = {_quoted(list(self.group))}"] if self.group else []
        if self.heads:
            lines += ["", "[heads]"]
            lines += [f"{_quoted(k)} = {_quoted(v)}" for k, v in self.heads.items()]
        if self.constants:
            lines += ["", "[constants]"]
            lines += [f"{_quoted(k)} = {_quoted(v)}" for k, v in self.constants.items()]
        for one in self.columns:
            lines += ["", "[[columns]]", f"heading = {_quoted(one.heading)}"]
            lines += [f"target = {_quoted(one.target)}"]
            lines += [f"part = {_quoted(one.part)}"] if one.part else []
            lines += [f"factor = {one.factor!r}"] if one.factor != 1 else []
            lines += [f"day = {_quoted(one.day)}"] if one.day else []
            if one.values:
                pairs = ", ".join(f"{_quoted(k)} = {_quoted(v)}" for k, v in one.values.items())
                lines += [f"values = {{ {pairs} }}"]
        return "\n".join(lines) + "\n"


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def plan_from(content: Mapping[str, Any]) -> Plan:
    """A plan from JSON or TOML. Raise FileUnusable saying what in it is wrong."""
    try:
        plan = Plan(
            dataset=str(content["dataset"]),
            columns=tuple(_source(one) for one in content["columns"]),
            constants={str(k): str(v) for k, v in dict(content.get("constants") or {}).items()},
            headings=tuple(map(str, content.get("headings") or ())),
            fill=tuple(map(str, content.get("fill") or ())),
            heads=dict(content.get("heads") or {}),
            fold=str(content.get("fold") or ""),
            group=tuple(map(str, content.get("group") or ())),
        )
        dataset(plan.dataset)
    except UnknownDataset as error:
        raise FileUnusable("mapping_dataset", name=str(error)[:40]) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FileUnusable("mapping_broken", why=str(error)[:80]) from error
    _check(plan)
    return plan


def plan_from_toml(text: str) -> Plan:
    """A plan from a file. Raise FileUnusable."""
    try:
        return plan_from(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise FileUnusable("mapping_broken", why=str(error)[:80]) from error


def _source(content: Mapping[str, Any]) -> Source:
    return Source(
        heading=str(content["heading"]),
        target=str(content["target"]),
        part=str(content.get("part") or ""),
        factor=float(content.get("factor") or 1),
        values={str(k): str(v) for k, v in dict(content.get("values") or {}).items()},
        day=str(content.get("day") or ""),
    )


def _check(plan: Plan) -> None:
    """Every target is one of the dataset's, and none has two columns but values of two days."""
    known = {target.key for target in targets_of(plan.dataset)}
    columns = {column.name for column in dataset(plan.dataset).columns}
    seen: dict[tuple[str, str], str] = {}
    for one in plan.columns:
        if one.target not in known:
            raise FileUnusable("mapping_target", heading=one.heading[:40], target=one.target[:40])
        what = (one.target, one.day if is_part(one.target) else "")
        if what in seen:
            first = seen[what][:40]
            raise FileUnusable("mapping_twice", heading=one.heading[:40], first=first)
        if one.part not in PARTS:
            raise FileUnusable("mapping_broken", why=f"part = {one.part[:20]}")
        seen[what] = one.heading
    if sum(is_part(one.target) for one in plan.columns) >= MOST:
        raise FileUnusable("mapping_broken", why=f"columns of values < {MOST}")
    for name in plan.constants:
        if name not in columns:
            raise FileUnusable("mapping_target", heading="constants", target=name[:40])
    wide = dataset(plan.dataset).wide
    both = [one for one in plan.columns if wide and one.target in (wide.name, wide.value)]
    if wide and given_by(plan) and (both or wide.name in plan.constants):
        raise FileUnusable("mapping_wide", heading=both[0].heading[:40] if both else wide.name)
    if nobodys := without_owner(plan):
        headings = "、".join(one.heading for one in nobodys)
        raise FileUnusable("values_of_nobody", headings=headings[:200])


def completed(plan: Plan) -> Plan:
    """The plan with what can be looked up by an identity number that it takes anyway.

    A household's number that the sheet lacks is that of the person whose number it has.
    """
    given = {one.target.partition(BY)[0] for one in plan.columns} | set(plan.constants)
    numbers = [
        one
        for one in plan.columns
        if BY not in one.target and dataset(plan.dataset).column(one.target).kind is Kind.ID_NUMBER
    ]
    added = [
        Source(numbers[0].heading, target.key, numbers[0].part)
        for target in targets_of(plan.dataset)
        if numbers
        and target.finder is not None
        and target.finder.purpose
        and target.column.required
        and target.column.name not in given
    ]
    return replace(plan, columns=(*plan.columns, *added)) if added else plan


def is_key(source: Source) -> bool:
    """Whether the column is what wholes (households) are looked up by."""
    name, by, finder = source.target.partition(BY)
    keys = {fold["key"] for fold in folds().values()}
    return bool(by) and "." not in finder and name in keys


def missing_of(plan: Plan) -> list[str]:
    """Labels of columns that every row needs and the plan gives no value."""
    return [column.label for column in ungiven(plan) if column.required]


def lacking_of(plan: Plan) -> list[str]:
    """Labels of columns that rows of new records need and the plan gives no value."""
    return [column.label for column in ungiven(plan) if column.for_new]


def ungiven(plan: Plan) -> list[Column]:
    """The dataset's columns that the plan gives no value, nor what they follow from."""
    given = {one.target.partition(BY)[0] for one in plan.columns if "." not in one.target}
    given |= {name for name, value in plan.constants.items() if value} | given_by(plan)
    kind = dataset(plan.dataset)
    if plan.fold:
        given.add(folds()[plan.dataset]["count"])
    return unstated(kind, given)


def fingerprint(headings: Sequence[str]) -> str:
    """Of a layout's headings: the same however they are spaced, dated or decorated."""
    text = "\n".join(STEP.join(map(plain, heading.split(STEP))) for heading in headings if heading)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def unique(headings: Sequence[str]) -> list[str]:
    """Headings of which none stands twice: the second is called … #2. Blank ones stay blank."""
    seen: dict[str, int] = {}
    found = []
    for heading in headings:
        seen[heading] = seen.get(heading, 0) + 1
        again = heading and seen[heading] > 1
        found.append(f"{heading} #{seen[heading]}" if again else heading)
    return found
