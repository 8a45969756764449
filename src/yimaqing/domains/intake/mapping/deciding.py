"""How a sheet is read: as it is when its headings are the dataset's, else by a plan.

In this order: the plan that was chosen for the batch; the dataset's own headings in row 1 (the
fast way, nothing is guessed); a saved mapping of the same layout; a guess, when nobody needs to
look at it. Otherwise somebody is asked (``Undecided``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from yimaqing.domains.intake.apart.typed import Row
from yimaqing.domains.intake.catalogue import dataset, folds
from yimaqing.domains.intake.mapping.asking import as_page, records
from yimaqing.domains.intake.mapping.choosing import ASK
from yimaqing.domains.intake.mapping.finding import Finding
from yimaqing.domains.intake.mapping.folding import (
    folded,
    grouped,
    has_members,
    heading_of,
    placed,
)
from yimaqing.domains.intake.mapping.guess import Guess, guess
from yimaqing.domains.intake.mapping.newness import asking_for_new
from yimaqing.domains.intake.mapping.notes import how_read, pairs_of
from yimaqing.domains.intake.mapping.plan import (
    Plan,
    lacking_of,
    missing_of,
    plan_from,
    unique,
)
from yimaqing.domains.intake.mapping.saved import recognised
from yimaqing.domains.intake.mapping.shape import Shape, heads_of
from yimaqing.domains.intake.mapping.vocabulary import (
    BY,
    is_known,
    plain,
    plain_value,
    spoken_values,
)
from yimaqing.domains.intake.reading import FileUnusable, Sheet, columns_of
from yimaqing.domains.intake.reading.junk import head_of
from yimaqing.domains.intake.reading.layout import Layout, find_layout
from yimaqing.kit.dataset import Column, Dataset

#: A blank means the value above when at least this share of the first records is blank.
_BLANK_SHARE = 0.15

Note = dict[str, Any]


@dataclass
class Decision:
    """How the rows of a sheet are read. ``shape`` is None when its headings are the dataset's."""

    columns: list[Column | None]
    stated: list[str]
    rows: Iterator[Row]
    shape: Shape | None = None
    heads: list[tuple[str, ...]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


class Undecided(Exception):
    """Somebody has to say which column is which; ``guess`` is what a page shows for it."""

    def __init__(self, why: FileUnusable, content: dict[str, Any]) -> None:
        super().__init__(why.code)
        self.why = why
        self.content = content


def decide(
    kind: Dataset,
    sheet: Sheet,
    finding: Finding,
    *,
    chosen: dict[str, Any] | None,
    area: str,
    as_of: dt.date,
    dry_run: bool = False,
) -> Decision:
    """How the sheet is read. Raise Undecided, or FileUnusable when no row is a heading.

    ``chosen`` is the batch's own plan; ``area`` the first digits of its sender's places;
    ``as_of`` the day that its facts hold for. Of a dry run the columns that nobody knows are told
    with its report; nobody is held up by them.
    """
    layout = find_layout(sheet.first, sheet.merged, is_known)
    if chosen and ASK in chosen:
        layout = layout or _first_row(sheet)
        _saved, found = _known(kind, sheet, layout, area)
        found = _asking(found, kind, sheet, layout, finding, as_of)
        raise Undecided(FileUnusable("columns_asked"), as_page(found, sheet, layout))
    if chosen:
        plan, layout = plan_from(chosen), layout or _first_row(sheet)
        return _by_plan(plan, kind, sheet, layout, finding, as_of)
    refused: FileUnusable | None = None
    if sheet.first[0][0] == 1 and not (layout and layout.merged):
        try:
            columns = columns_of(kind, sheet.header)
        except FileUnusable as error:
            refused = error
        else:
            return _as_it_is(sheet, columns)
    layout = layout or (_first_row(sheet) if sheet.first[0][0] == 1 else None)
    if layout is None:
        raise FileUnusable("no_heading", row=sheet.first[0][0])
    saved, found = _known(kind, sheet, layout, area)
    found = _asking(found, kind, sheet, layout, finding, as_of)
    if saved is not None and not found.missing:
        decision = _by_plan(found.plan, kind, sheet, layout, finding, as_of)
        decision.notes.insert(0, {"code": "mapping_used", "params": {"name": saved[0]}})
        return decision
    unknown = set(unique(layout.headings)) - _accounted(found)
    if found.sure and (dry_run or not unknown):
        decision = _by_plan(found.plan, kind, sheet, layout, finding, as_of)
        if (told := pairs_of(found.plan))["pairs"]:
            decision.notes.insert(0, {"code": "columns_guessed", "params": told})
        return decision
    why = _why(found, kind, layout, refused)
    raise Undecided(why, as_page(found, sheet, layout))


def _asking(
    found: Guess, kind: Dataset, sheet: Sheet, layout: Layout, finding: Finding, as_of: dt.date
) -> Guess:
    if found.plan.fold:
        found = placed(found, sheet, layout, finding)
    return asking_for_new(found, kind, sheet, layout, finding, as_of)


def _known(
    kind: Dataset, sheet: Sheet, layout: Layout, area: str
) -> tuple[tuple[str, Plan] | None, Guess]:
    """What is known of the layout: a saved mapping of it (name and plan), else a guess."""
    layout_of = kind.name, unique(layout.headings), layout.titles, area
    saved = recognised(*layout_of)
    if saved is None:
        found = _members_of(kind, sheet, layout) or guessed(sheet, layout, kind.name)
        # One that was saved meanwhile: this file was not yet among those that wait for it.
        saved = recognised(*layout_of)
        if saved is None:
            return None, found
    plan = saved[1]
    sure = {one.target: 1.0 for one in plan.columns}
    return saved, Guess(plan, sure, missing_of(plan), lacking=lacking_of(plan))


def _members_of(kind: Dataset, sheet: Sheet, layout: Layout) -> Guess | None:
    """Of wholes (households), the plan for a sheet of their parts; None: it is none."""
    fold = folds().get(kind.name)
    if fold is None:
        return None
    found = folded(sheet, layout, guessed(sheet, layout, fold["from"]))
    return found if found and has_members(found, sheet, layout) else None


def guessed(sheet: Sheet, layout: Layout, only: str = "") -> Guess:
    """The guess for a sheet, with what is to be filled down."""
    found = guess(
        layout.headings, records(sheet, layout), layout.titles, only=only, sheet=sheet.page.name
    )
    return grouped(replace(found, plan=with_fill(found.plan, sheet, layout)), sheet, layout)


def _first_row(sheet: Sheet) -> Layout:
    number = sheet.first[0][0]
    return Layout(number, number, [cell.strip() for cell in sheet.header])


def _as_it_is(sheet: Sheet, columns: list[Column | None]) -> Decision:
    rows = iter(sheet.rows)
    number, cells = next(rows)
    del number
    stated = [column.name for column in columns if column is not None]
    return Decision(columns, stated, rows, heads=[head_of(cells)])


def _by_plan(
    plan: Plan,
    kind: Dataset,
    sheet: Sheet,
    layout: Layout,
    finding: Finding,
    as_of: dt.date,
) -> Decision:
    heads = heads_of(layout, sheet.first)
    shape = Shape(plan, layout, kind, finding, as_of, heads, strict=sheet.format.is_text)
    missing = missing_of(plan)
    if missing:
        raise FileUnusable("column_missing", headings="、".join(missing))
    notes = [{"code": code, "params": params} for code, params in how_read(plan, layout, as_of)]
    rows = shape.rows(sheet.rows)
    return Decision(shape.columns, shape.stated, rows, shape, shape.heads, notes)


def with_fill(plan: Plan, sheet: Sheet, layout: Layout) -> Plan:
    """The plan with the columns whose blanks mean the value above, and how a group begins.

    Only keys are filled, only where many are blank in a row that begins no group, and only in
    sheets that say nothing with merged cells.
    """
    rows = records(sheet, layout)
    plan = replace(plan, heads=_heads(plan))
    if layout.merged or not rows:
        return plan
    places = {heading: at for at, heading in enumerate(unique(layout.headings))}
    fill = []
    for source in plan.columns:
        name = source.target.partition(BY)[0]
        column = places[source.heading]
        if name not in {fold["key"] for fold in folds().values()}:
            continue
        blank = [r for r in rows if column >= len(r) or not r[column].strip()]
        begins = [r for r in blank if _begins(r, plan, places)]
        first = column < len(rows[0]) and bool(rows[0][column].strip())
        if first and len(blank) >= _BLANK_SHARE * len(rows) and not begins and plan.heads:
            fill.append(source.heading)
    return replace(plan, fill=tuple(fill))


def _heads(plan: Plan) -> dict[str, Any]:
    for fold in folds().values():
        heading = heading_of(plan, fold["column"])
        if fold["from"] != plan.dataset or not heading:
            continue
        [source] = [s for s in plan.columns if s.heading == heading and s.target == fold["column"]]
        table = dataset(plan.dataset).column(fold["column"]).table
        if table is None:
            continue
        labels = {label for label, slug in table.labels.items() if slug == fold["head"]}
        words = {w for w, label in spoken_values(table.name).items() if label in labels}
        said = {cell for cell, label in source.values.items() if label in labels}
        values = sorted(labels | said | {w for w in words if plain_value(w) == w})
        return {"column": heading, "values": values}
    return {}


def _begins(row: list[str], plan: Plan, places: dict[str, int]) -> bool:
    at = places.get(str(plan.heads.get("column", "")))
    return at is not None and at < len(row) and row[at].strip() in plan.heads["values"]


def _accounted(found: Guess) -> set[str]:
    """Headings that were taken, or are known to hold nothing that the dataset keeps."""
    plan = found.plan
    return {s.heading for s in plan.columns} | {*found.passed, *plan.group, plan.fold, ""}


def _mostly_own(kind: Dataset, layout: Layout) -> bool:
    """Whether it is the dataset's own layout but for a heading or two."""
    own = {plain(word) for c in kind.columns for word in (c.label, *c.synonyms)}
    held = [plain(heading) for heading in layout.headings if heading]
    return layout.bottom == 1 and 2 * sum(h in own for h in held) >= len(held)


def _why(found: Guess, kind: Dataset, layout: Layout, refused: FileUnusable | None) -> FileUnusable:
    """What is to be settled; ``refused``: why it is not the dataset's own layout."""
    if found.missing and found.missing == found.lacking:
        return FileUnusable("new_lack", headings="、".join(found.missing))
    foreign = refused and refused.params.get("heading") not in _accounted(found)
    if refused and foreign and _mostly_own(kind, layout):
        return refused
    if found.nobodys:
        return FileUnusable("values_of_nobody", headings="、".join(found.nobodys)[:200])
    if found.missing:
        return FileUnusable("target_missing", headings="、".join(found.missing))
    unknown = [h for h in found.plan.headings if h not in _accounted(found)]
    said = dict.fromkeys([*found.unsure, *unknown])
    return FileUnusable("columns_unsure", headings="、".join(said)[:200])
