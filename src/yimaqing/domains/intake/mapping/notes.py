"""How a sheet was read by a plan, to be told with the batch's report: codes and params."""

from __future__ import annotations

import datetime as dt
from typing import Any

from yimaqing.domains.intake.catalogue import dataset
from yimaqing.domains.intake.mapping.plan import AS_OF, ROW, Plan, is_key, unique
from yimaqing.domains.intake.mapping.vocabulary import targets_of
from yimaqing.domains.intake.reading.layout import Layout


def how_read(plan: Plan, layout: Layout, as_of: dt.date) -> list[tuple[str, dict[str, Any]]]:
    """What was done to the cells, to be told with the report."""
    notes: list[tuple[str, dict[str, Any]]] = []
    if layout.bottom > 1:
        code = "heading_in" if layout.top == layout.bottom else "heading_at"
        notes.append((code, {"top": layout.top, "bottom": layout.bottom}))
    used = {*plan.group, *(s.heading for s in plan.columns)}
    left = [h for h in unique(layout.headings) if h and h not in used]
    if left and not plan.fold:  # what it leaves is the parts', and told with them
        notes.append(("columns_left", {"headings": "、".join(left)[:300]}))
    merged = [layout.headings[at] for at in layout.merged if at < len(layout.headings)]
    if filled := list(dict.fromkeys([*merged, *plan.fill])):
        notes.append(("filled_down", {"headings": "、".join(filled)[:200]}))
    for one in plan.columns:
        if one.day:
            notes.append(("day_in_heading", {"heading": one.heading, "day": one.day}))
        if one.factor != 1:
            notes.append(("unit", {"heading": one.heading, "factor": f"{one.factor:g}"}))
        if one.values:
            pairs = "，".join(f"{a}→{b}" for a, b in list(one.values.items())[:12])
            notes.append(("values_read", {"heading": one.heading, "pairs": pairs}))
    return [*notes, *_constants(plan, as_of), *_wholes(plan)]


def _wholes(plan: Plan) -> list[tuple[str, dict[str, Any]]]:
    """How rows were taken for those of one whole, and how that was found."""
    notes: list[tuple[str, dict[str, Any]]] = []
    if plan.fold:
        notes.append(("folded", {"heading": plan.fold}))
    if plan.group:
        notes.append(("grouped", {"heading": plan.group[-1]}))
    if plan.fold and any(map(is_key, plan.columns)):
        notes.append(("allotted", {}))
    return notes


def _constants(plan: Plan, as_of: dt.date) -> list[tuple[str, dict[str, Any]]]:
    notes: list[tuple[str, dict[str, Any]]] = []
    if plan.constants:
        columns = dataset(plan.dataset)
        own = [k for k, v in plan.constants.items() if ROW in v]
        same = {k: v for k, v in plan.constants.items() if k not in own}
        same = {k: v.replace(AS_OF, as_of.isoformat()) for k, v in same.items()}
        if same:
            said = "，".join(f"{columns.column(k).label}={v}" for k, v in same.items())
            notes.append(("constants", {"pairs": said[:200]}))
        if own:
            said = "、".join(columns.column(k).label for k in own)
            notes.append(("numbered", {"columns": said}))
    return notes


def pairs_of(plan: Plan) -> dict[str, Any]:
    """Headings that are called otherwise, and what each was taken for."""
    labels = {target.key: target.label for target in targets_of(plan.dataset)}
    pairs = [(s.heading, labels[s.target]) for s in plan.columns]
    return {"pairs": "，".join(f"{a}→{b}" for a, b in pairs if a != b)[:300]}
