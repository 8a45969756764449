"""Sheets of labels as PDF. Plain data in, bytes out: it runs in a process of its own.

A label shows place names, the surname of the head, the code and its number, and nothing
else: there is nothing here that could tell one kind of household from another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import skia

from yimaqing.domains.codes.labels.calendar import draw_calendar
from yimaqing.domains.codes.labels.layout import Layout
from yimaqing.domains.codes.labels.sheet import Kept, Label, Sheet
from yimaqing.kit.crypto import keyring
from yimaqing.kit.files import store
from yimaqing.ui.paper.document import PdfDocument
from yimaqing.ui.paper.lettering import LINE, MUTED, REGULAR, SEMIBOLD, Lettering
from yimaqing.ui.paper.sizes import points
from yimaqing.ui.paper.symbol import draw_symbol

_LEADING = 1.32
_TICK = points(2.0)
_SMALL = 6.5
_MOST_BYTES = 1 << 30
_BLACK = 0xFF000000  # one ink: no raster at the edges of small type
_EDGE = points(4.5)  # printers leave the outermost millimetres white


@dataclass(frozen=True)
class Drawn:
    """A PDF, its pages, and the labels (by number) on which characters had to be left out."""

    content: bytes
    pages: int
    missing: dict[str, list[str]]


def draw_sheets(labels: Sequence[Label], sheet: Sheet) -> Drawn:
    """All labels in their order, as many sheets as they take."""
    missing: dict[str, list[str]] = {}
    with PdfDocument(sheet.title) as pdf:
        for first, held in _by_sheet(labels, sheet):
            with pdf.page(*sheet.layout.paper_size) as canvas:
                _note_missing(missing, draw_page(canvas, held, sheet, first))
    return Drawn(pdf.content, pdf.pages, missing)


def draw_and_seal(labels: Sequence[Label], sheet: Sheet, path: Path, keys: str) -> Kept:
    """``draw_sheets``, sealed to ``path`` with the keys of ``YIMAQING_DATA_KEY``.

    The clear sheets exist in this process's memory alone.
    """
    drawn = draw_sheets(labels, sheet)
    store([drawn.content], path, keyring(keys), limit=_MOST_BYTES)
    return Kept(drawn.pages, drawn.missing)


def draw_image(labels: Sequence[Label], sheet: Sheet, dots_per_inch: int) -> bytes:
    """The first sheet as PNG, for a preview."""
    scale = dots_per_inch / 72
    width, height = sheet.layout.paper_size
    surface = skia.Surface(round(width * scale), round(height * scale))
    canvas = surface.getCanvas()
    canvas.clear(skia.ColorWHITE)
    canvas.scale(scale, scale)
    for first, held in _by_sheet(labels, sheet)[:1]:
        draw_page(canvas, held, sheet, first)
    return bytes(surface.makeImageSnapshot().encodeToData(skia.EncodedImageFormat.kPNG, 100))


def draw_page(
    canvas: skia.Canvas, labels: Sequence[Label], sheet: Sheet, first: int
) -> dict[str, list[str]]:
    """One sheet from position ``first`` (0 is the corner); characters missing, by label."""
    missing: dict[str, list[str]] = {}
    draw: Callable[..., None] = draw_calendar if sheet.layout.calendar else _draw_label
    if sheet.layout.marks:
        _draw_marks(canvas, sheet.layout)
    for position, label in enumerate(labels, start=first):
        pen = Lettering()
        draw(canvas, pen, label, sheet, sheet.layout.corner(position))
        _note_missing(missing, {character: [label.number] for character in sorted(pen.missing)})
    return missing


def _by_sheet(labels: Sequence[Label], sheet: Sheet) -> list[tuple[int, Sequence[Label]]]:
    """(first position, labels) of each sheet."""
    size, first = sheet.layout.per_sheet, sheet.start - 1
    head = [(first, labels[: size - first])] if labels else []
    rest = range(size - first, len(labels), size)
    return head + [(0, labels[at : at + size]) for at in rest]


def _note_missing(known: dict[str, list[str]], more: dict[str, list[str]]) -> None:
    for character, numbers in more.items():
        known.setdefault(character, []).extend(numbers)


def _draw_label(
    canvas: skia.Canvas, pen: Lettering, label: Label, sheet: Sheet, corner: tuple[float, float]
) -> None:
    layout = sheet.layout
    x, y = corner
    draw_symbol(
        canvas, label.address, (x + layout.pad, y + (layout.height - layout.box) / 2), layout.box
    )
    left = x + layout.pad + layout.box
    lines = _lines(pen, label, sheet, layout.width - layout.pad - layout.box - _EDGE)
    height = sum(size * _LEADING for _text, size, _weight, _colour in lines)
    at = y + (layout.height - height) / 2
    for text, size, weight, colour in lines:
        at += size * _LEADING
        baseline = at - size * (_LEADING - 1)
        pen.draw(canvas, text, (left, baseline), size, weight=weight, colour=colour)


_Line = tuple[str, float, int, int]


def _lines(pen: Lettering, label: Label, sheet: Sheet, width: float) -> list[_Line]:
    """What stands beside the symbol: name, places from the county down, number, note."""
    layout = sheet.layout
    parts = [(label.name, layout.type_name, SEMIBOLD)] if label.name else []
    parts += [(place, layout.type_place, REGULAR) for place in label.places]
    parts.append((label.number, layout.type_number, SEMIBOLD))
    lines = _set(pen, parts, width)
    if sum(size * _LEADING for _text, size, _weight, _colour in lines) > layout.height * 0.9:
        lines = _set(pen, [(text, (low, low), weight) for text, (_, low), weight in parts], width)
    if sheet.note:
        lines.append((sheet.note, _SMALL, REGULAR, MUTED))
    return lines


def _set(
    pen: Lettering, parts: list[tuple[str, tuple[float, float], int]], width: float
) -> list[_Line]:
    lines: list[_Line] = []
    for text, sizes, weight in parts:
        fitted, size = pen.fitted(text, sizes, width, weight)
        lines += [(line, size, weight, _BLACK) for line in fitted]
    return lines


def _draw_marks(canvas: skia.Canvas, layout: Layout) -> None:
    """Short grey ticks at the corners of every label: where to cut plain paper."""
    paint = skia.Paint(Color=LINE, StrokeWidth=0.4, Style=skia.Paint.kStroke_Style)
    path = skia.Path()
    for position in range(layout.per_sheet):
        x, y = layout.corner(position)
        for cx, cy in (
            (x, y),
            (x + layout.width, y),
            (x, y + layout.height),
            (x + layout.width, y + layout.height),
        ):
            path.moveTo(cx - _TICK / 2, cy)
            path.lineTo(cx + _TICK / 2, cy)
            path.moveTo(cx, cy - _TICK / 2)
            path.lineTo(cx, cy + _TICK / 2)
    canvas.drawPath(path, paint)
