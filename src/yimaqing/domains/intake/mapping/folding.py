"""A sheet of parts (persons) that also makes up its wholes (households): one row for each."""

from __future__ import annotations

import re
from dataclasses import replace

from yimaqing.domains.intake.apart.typed import Row
from yimaqing.domains.intake.catalogue import dataset, folds
from yimaqing.domains.intake.mapping.asking import records
from yimaqing.domains.intake.mapping.constants import by_name, finder_of, named_by
from yimaqing.domains.intake.mapping.finding import Asked, Finding
from yimaqing.domains.intake.mapping.guess import SURE, Guess, columns_from, guess_for
from yimaqing.domains.intake.mapping.plan import (
    Plan,
    completed,
    is_key,
    lacking_of,
    missing_of,
    ungiven,
    unique,
)
from yimaqing.domains.intake.mapping.rows import Rows
from yimaqing.domains.intake.mapping.vocabulary import BY
from yimaqing.domains.intake.reading import FileUnusable, Sheet
from yimaqing.domains.intake.reading.cells import trimmed
from yimaqing.domains.intake.reading.layout import Layout
from yimaqing.kit.dataset import Kind

#: What a village calls a household by: never a register's number that a spreadsheet cut.
_OWN_NUMBER = re.compile(r"(?!86\d{6})[\dA-Za-z\u3400-\u9fff-]{1,12}(?<!\d[Ee]\d\d)")
#: So many of the wholes must have a head's row: a list of some members has it of a few.
_MOSTLY = 0.9


def grouped(found: Guess, sheet: Sheet, layout: Layout) -> Guess:
    """Of parts, with a sheet's own numbers of their wholes as what they are: 12, 03-7.

    They are no register's numbers, but say which rows belong together, within a village. What is
    looked up is the head's ID number.
    """
    for name, fold in folds().items():
        heading = heading_of(found.plan, fold["key"])
        if fold["from"] != found.plan.dataset or not (heading and found.plan.heads):
            continue
        at = unique(layout.headings).index(heading)
        held = [c for row in records(sheet, layout) if at < len(row) and (c := row[at].strip())]
        if 2 * sum(bool(_OWN_NUMBER.fullmatch(cell)) for cell in held) <= len(held):
            continue
        plan = _looked_up(found.plan, fold["key"])
        if not any(map(is_key, plan.columns)):
            continue
        whole = guess_for(name, columns_from(layout.headings, records(sheet, layout)))
        places = [
            s.heading
            for s in whole.plan.columns
            if dataset(name).column(s.target.partition(BY)[0]).kind is Kind.PLACE
        ]
        return _with(found, replace(plan, group=(*places, heading)))
    return found


def folded(sheet: Sheet, layout: Layout, parts: Guess) -> Guess | None:
    """The plan by which a sheet of parts makes up its wholes; ``lacking``: for new ones."""
    for name, fold in folds().items():
        if fold["from"] != parts.plan.dataset or not (key := _key_of(parts.plan, fold["key"])):
            continue
        columns = columns_from(layout.headings, records(sheet, layout))
        found = guess_for(name, columns, layout.titles)
        plan = found.plan
        if not heading_of(parts.plan, fold["key"]):
            plan = _looked_up(plan, fold["key"])
        plan = replace(
            plan,
            fold=key,
            group=parts.plan.group,
            heads=parts.plan.heads,
            fill=parts.plan.fill,
        )
        return _with(found, plan)
    return None


def _key_of(parts: Plan, key: str) -> str:
    """The heading that tells wholes apart: their number's, the sheet's own, the head's ID number's;
    empty where each row has only its own ID number.
    """
    if parts.group:
        return parts.group[-1]
    own = {s.heading for s in parts.columns if not is_key(s)}
    by_head = [s.heading for s in parts.columns if is_key(s) and s.heading not in own]
    return heading_of(parts, key) or (by_head[0] if by_head and parts.heads else "")


def _looked_up(plan: Plan, key: str) -> Plan:
    """The plan with the key looked up by an ID number, whatever column was taken for it."""
    return completed(replace(plan, columns=tuple(s for s in plan.columns if s.target != key)))


def mostly_new(whole: Guess, sheet: Sheet, layout: Layout, finding: Finding) -> bool:
    """Of a sheet that has a row of each head: whether most of its wholes are not held yet.

    Told by what they are looked up by, for wholes without a number of the register.
    """
    kind, plan = dataset(whole.plan.dataset), whole.plan
    sources = [s for s in plan.columns if is_key(s)]
    if not sources or not _headed(plan, sheet, layout):
        return False
    name, _by, by = sources[0].target.partition(BY)
    [finder] = [one for one in kind.column(name).finders if one.name == by]
    at = unique(layout.headings).index(sources[0].heading)
    found = Rows(plan, layout, unique(layout.headings), strict=False)
    cells = trimmed([cells[at] for _, cells in found.of(iter(sheet.first))])
    asked = Asked(kind.column(name), finder, cells, [])
    values, _faults = finding.values(asked, finding.look_up([asked]))
    return 2 * values.count() < cells.count()


def placed(found: Guess, sheet: Sheet, layout: Layout, finding: Finding) -> Guess:
    """The guess with the village that the sheet's titles or its name say, if they say one."""
    constants = dict(found.plan.constants)
    for column in ungiven(found.plan):
        if not column.needed or finder_of(column) is None:
            continue
        said: dict[str, str] = {}
        for name in named_by(column, layout.titles, sheet.page.name):
            try:
                code = by_name(found.plan.dataset, {column.name: name}, finding)[column.name]
            except FileUnusable:
                continue  # 农村 of 农村低保 is none
            said.setdefault(code, name)
        if len(said) == 1:
            [constants[column.name]] = said
    return _with(found, replace(found.plan, constants=constants))


def is_told(found: Guess, sheet: Sheet, layout: Layout) -> bool:
    """Whether nobody needs to be asked how the wholes are made."""
    return found.sure and not found.lacking and _headed(found.plan, sheet, layout)


def has_members(found: Guess, sheet: Sheet, layout: Layout) -> bool:
    """Whether the sheet's rows are parts: some stand below the head of their whole."""
    groups = _groups(found.plan, sheet, layout)
    return any(len(rows) > 1 for rows in groups) and _headed(found.plan, sheet, layout)


def heading_of(plan: Plan, target: str) -> str:
    """The heading of the sheet's column that is taken for the target; empty: none is."""
    return next((s.heading for s in plan.columns if s.target == target), "")


def _with(found: Guess, plan: Plan) -> Guess:
    """What is looked up by a column that is sure anyway is as sure."""
    scores = {s.target: found.scores.get(s.target, SURE) for s in plan.columns}
    missing, lacking = missing_of(plan), lacking_of(plan)
    return replace(found, plan=plan, scores=scores, missing=missing, lacking=lacking)


def _headed(plan: Plan, sheet: Sheet, layout: Layout) -> bool:
    """Whether a row says of each whole that it is the head's, but for a mistake or two."""
    if not plan.heads:
        return False
    at = unique(layout.headings).index(plan.heads["column"])
    said = [
        any(cells[at].strip() in plan.heads["values"] for _, cells in rows)
        for rows in _groups(plan, sheet, layout)
    ]
    return bool(said) and sum(said) >= _MOSTLY * len(said)


def _groups(plan: Plan, sheet: Sheet, layout: Layout) -> list[list[Row]]:
    """The first records, whole by whole."""
    found = Rows(plan, layout, unique(layout.headings), strict=False)
    return [rows for rows in found.groups(iter(sheet.first)) if found.key_of(rows[0][1])]
