"""A sheet of parts (persons) that also makes up its wholes (households): one row for each."""

from __future__ import annotations

from dataclasses import replace

from yimaqing.domains.intake.apart.typed import Row
from yimaqing.domains.intake.catalogue import folds
from yimaqing.domains.intake.mapping.asking import records
from yimaqing.domains.intake.mapping.constants import by_name, finder_of, named_by
from yimaqing.domains.intake.mapping.finding import Finding
from yimaqing.domains.intake.mapping.guess import Guess, columns_from, guess_for
from yimaqing.domains.intake.mapping.plan import (
    Plan,
    lacking_of,
    missing_of,
    ungiven,
    unique,
)
from yimaqing.domains.intake.mapping.rows import Rows
from yimaqing.domains.intake.reading import FileUnusable, Sheet
from yimaqing.domains.intake.reading.layout import Layout

#: So many of the wholes must have a head's row: a list of some members has it of a few.
_MOSTLY = 0.9


def folded(sheet: Sheet, layout: Layout, parts: Guess) -> Guess | None:
    """The plan by which a sheet of parts makes up its wholes; ``lacking``: for new ones."""
    for name, fold in folds().items():
        key = heading_of(parts.plan, fold["key"])
        if fold["from"] != parts.plan.dataset or not key:
            continue
        columns = columns_from(layout.headings, records(sheet, layout))
        found = guess_for(name, columns, layout.titles)
        plan = replace(found.plan, fold=key, heads=parts.plan.heads, fill=parts.plan.fill)
        return _with(found, plan)
    return None


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
    return replace(found, plan=plan, missing=missing_of(plan), lacking=lacking_of(plan))


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
