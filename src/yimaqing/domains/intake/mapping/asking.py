"""A guess as it is shown to who settles it: each column with samples and words, masked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from yimaqing.domains.intake.apart.typed import LOST_DIGITS, NO_VALUE
from yimaqing.domains.intake.catalogue import dataset
from yimaqing.domains.intake.mapping.evidence import is_name
from yimaqing.domains.intake.mapping.guess import Guess, confidence
from yimaqing.domains.intake.mapping.plan import Source, unique
from yimaqing.domains.intake.mapping.shape import heads_of
from yimaqing.domains.intake.mapping.values import words_to_settle
from yimaqing.domains.intake.mapping.vocabulary import BY
from yimaqing.domains.intake.reading import Sheet
from yimaqing.domains.intake.reading.junk import without_junk
from yimaqing.domains.intake.reading.layout import Layout
from yimaqing.kit.dataset import Kind
from yimaqing.kit.ids import mask_middle, mask_name

_SAMPLES = 4


def records(sheet: Sheet, layout: Layout) -> list[list[str]]:
    """Cells of the first records, without totals and notes."""
    below = [(number, cells) for number, cells in sheet.first if number > layout.bottom]
    kept, _ = without_junk(below, heads_of(layout, sheet.first))
    return [cells for _, cells in kept]


def _personal(found: Guess, sources: list[Any]) -> bool:
    columns = [dataset(found.plan.dataset).column(s.target.partition(BY)[0]) for s in sources]
    return any(c.personal or c.kind is Kind.NAME for c in columns)


def _to_settle(found: Guess, sources: list[Source], cells: list[str]) -> dict[str, str]:
    if len(sources) != 1 or BY in sources[0].target:
        return {}
    column = dataset(found.plan.dataset).column(sources[0].target)
    cells = [cell for cell in cells if cell not in column.nothing]
    return words_to_settle(cells, column, sources[0].values)


def as_page(found: Guess, sheet: Sheet, layout: Layout) -> dict[str, Any]:
    """A guess as it is kept for the page, samples masked, and printed by ``--guess``."""
    rows = records(sheet, layout)
    by_heading: dict[str, list[Any]] = {}
    for source in found.plan.columns:
        by_heading.setdefault(source.heading, []).append(source)
    columns = []
    for at, heading in enumerate(unique(layout.headings)):
        cells = list(dict.fromkeys(r[at].strip() for r in rows if at < len(r) and r[at].strip()))
        sources = by_heading.get(heading, [])
        score = max((found.scores.get(s.target, 0.0) for s in sources), default=0.0)
        columns.append(
            {
                "heading": heading,
                "samples": masked_samples(cells, personal=_personal(found, sources))[:_SAMPLES],
                "targets": [s.target for s in sources],
                "confidence": confidence(score) if sources else "none",
                "score": round(score, 2),
                "values": _to_settle(found, sources, cells),
            }
        )
    return {
        "sheet": sheet.page.name,
        "dataset": found.plan.dataset,
        "heading_rows": [layout.top, layout.bottom],
        "titles": layout.titles[:6],
        "columns": columns,
        "missing": found.missing,
        "known": bool(found.lacking) and not set(found.lacking) & set(found.missing),
        "plan": found.plan.as_json(),
    }


def masked_samples(cells: Sequence[str], *, personal: bool) -> list[str]:
    """Cells as a page may show them: names by their first character, long numbers masked."""
    names = sum(map(is_name, cells)) >= 0.5 * len(cells)
    if personal or names:
        cells = [mask_name(cell) for cell in cells]
    return [_masked_sample(cell) for cell in cells]


def _masked_sample(cell: str) -> str:
    shown = cell.strip(LOST_DIGITS + NO_VALUE)
    return re.sub(r"\d{7,}[\dXx]?", lambda n: mask_middle(n[0], 4, 2), shown)[:40]
