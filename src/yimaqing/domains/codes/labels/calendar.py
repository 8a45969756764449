"""The wall calendar: a year under the county's own name, with the household's code below it.

Holidays and exchanged working days stand on it only when the State Council has announced
them (the package chinesecalendar carries its notices); a year without notice shows none.
"""

from __future__ import annotations

import calendar
import datetime as dt
from functools import cache
from typing import TYPE_CHECKING

import chinese_calendar
import skia

from yimaqing.domains.codes.labels import lunar
from yimaqing.ui.paper.lettering import INK, LINE, MUTED, REGULAR, SEMIBOLD, Lettering
from yimaqing.ui.paper.symbol import draw_symbol

if TYPE_CHECKING:  # drawing calls this module
    from yimaqing.domains.codes.labels.layout import Layout
    from yimaqing.domains.codes.labels.sheet import Label, Sheet

_WEEK = "一二三四五六日"
_COLUMNS, _ROWS = 3, 4
_A4_WIDTH = 595.0
_MOST_PHONES = 4


def announced(year: int) -> bool:
    """Whether the year's holidays are known."""
    try:
        chinese_calendar.is_workday(dt.date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def mark_of(day: dt.date) -> str:
    """休 on a public holiday, 班 on a weekend day worked for one; empty on others."""
    if not announced(day.year):
        return ""
    free, name = chinese_calendar.get_holiday_detail(day)
    if free:
        return "休" if name else ""
    return "班" if day.weekday() >= calendar.SATURDAY else ""


def draw_calendar(
    canvas: skia.Canvas, pen: Lettering, label: Label, sheet: Sheet, corner: tuple[float, float]
) -> None:
    """One household's page."""
    layout = sheet.layout
    canvas.drawPicture(_year(layout, sheet.year))
    scale = layout.width / _A4_WIDTH
    county = label.places[0] if label.places else ""
    title = 30 * scale
    pen.draw(canvas, county, (corner[0] + layout.pad, layout.pad + title), title, weight=SEMIBOLD)
    if sheet.note:
        size = 10 * scale
        at = (
            layout.width - layout.pad - pen.width(sheet.note, size),
            layout.height - layout.pad / 2,
        )
        pen.draw(canvas, sheet.note, at, size, colour=MUTED)
    _draw_foot(canvas, pen, label, layout)


def _draw_foot(canvas: skia.Canvas, pen: Lettering, label: Label, layout: Layout) -> None:
    """The code; beside it whose it is, where, and whom to call."""
    top = layout.height - layout.pad - layout.box
    draw_symbol(canvas, label.address, (layout.pad, top), layout.box)
    left = layout.pad + layout.box + layout.pad / 2
    middle = left + (layout.width - left) * 0.46
    parts = [(label.name, layout.type_name, SEMIBOLD)] if label.name else []
    parts += [(place, layout.type_place, REGULAR) for place in label.places[1:]]
    parts.append((label.number, layout.type_number, SEMIBOLD))
    _column(canvas, pen, parts, (left, top, middle - layout.pad / 2 - left), layout)
    phones: list[tuple[str, tuple[float, float], int]] = []
    for what, number in label.phones[:_MOST_PHONES]:
        small = (layout.type_number[1], layout.type_number[1] * 0.75)
        phones += [(what, small, REGULAR), (number, layout.type_place, SEMIBOLD)]
    _column(canvas, pen, phones, (middle, top, layout.width - layout.pad - middle), layout)


def _column(
    canvas: skia.Canvas,
    pen: Lettering,
    parts: list[tuple[str, tuple[float, float], int]],
    place: tuple[float, float, float],
    layout: Layout,
) -> None:
    """Lines one below the other, centred beside the symbol; ``place`` is left, top, width."""
    left, top, width = place
    lines = []
    for text, sizes, weight in parts:
        fitted, size = pen.fitted(text, sizes, width, weight)
        lines += [(line, size, weight) for line in fitted]
    at = top + (layout.box - sum(size * 1.4 for _line, size, _weight in lines)) / 2
    for line, size, weight in lines:
        at += size * 1.4
        pen.draw(canvas, line, (left, at - size * 0.35), size, weight=weight)


@cache
def _year(layout: Layout, year: int) -> skia.Picture:
    """The months, drawn once for all households."""
    recorder = skia.PictureRecorder()
    canvas = recorder.beginRecording(skia.Rect.MakeWH(layout.width, layout.height))
    pen, scale = Lettering(), layout.width / _A4_WIDTH
    title = 30 * scale
    said = f"{year}年"
    at = layout.width - layout.pad - pen.width(said, title, SEMIBOLD)
    pen.draw(canvas, said, (at, layout.pad + title), title, weight=SEMIBOLD)
    if lunar.is_known(year):
        said, size = lunar.name_of_year(year), 12 * scale
        at -= pen.width(said, size) + size
        pen.draw(canvas, said, (at, layout.pad + title), size, colour=MUTED)
    top = layout.pad + title * 1.6
    line = skia.Paint(Color=LINE, StrokeWidth=0.7 * scale)
    canvas.drawLine(layout.pad, top, layout.width - layout.pad, top, line)
    bottom = layout.height - layout.pad - layout.box - 10 * scale
    canvas.drawLine(layout.pad, bottom, layout.width - layout.pad, bottom, line)
    width = (layout.width - 2 * layout.pad) / _COLUMNS
    height = (bottom - top) / _ROWS
    for month in range(1, 13):
        row, column = divmod(month - 1, _COLUMNS)
        corner = (layout.pad + column * width, top + row * height)
        _draw_month(canvas, pen, (year, month), corner, (width, height))
    if not announced(year):
        said, size = "放假安排以国务院办公厅公布的为准", 7 * scale
        pen.draw(canvas, said, (layout.pad, layout.height - layout.pad / 2), size, colour=MUTED)
    return recorder.finishRecordingAsPicture()


def _draw_month(
    canvas: skia.Canvas,
    pen: Lettering,
    which: tuple[int, int],
    corner: tuple[float, float],
    size: tuple[float, float],
) -> None:
    year, month = which
    cell, line = size[0] / 7.8, size[1] / 8.4
    left, top = corner[0] + cell * 0.4, corner[1] + line
    head, number = line * 0.62, line * 0.52
    pen.draw(canvas, f"{month}月", (left + cell * 0.15, top), head, weight=SEMIBOLD)
    for column, name in enumerate(_WEEK):
        at = (left + column * cell, top + line * 0.85)
        _centred(canvas, pen, name, at, (cell, number * 0.8), MUTED)
    for week, days in enumerate(calendar.monthcalendar(year, month)):
        for column, day in enumerate(days):
            if day:
                at = (left + column * cell, top + (week + 1.75) * line)
                _draw_day(canvas, pen, dt.date(year, month, day), at, (cell, line))


def _draw_day(
    canvas: skia.Canvas,
    pen: Lettering,
    day: dt.date,
    at: tuple[float, float],
    size: tuple[float, float],
) -> None:
    """The date, its lunar day below it, 休 or 班 beside it; weekends and festivals are bold."""
    cell, line = size
    number = line * 0.5
    weight = SEMIBOLD if day.weekday() >= calendar.SATURDAY else REGULAR
    _centred(canvas, pen, str(day.day), at, (cell, number), INK, weight)
    if lunar.is_known(day.year):
        said, special = lunar.day_name(day)
        below = (at[0], at[1] + line * 0.37)
        colour, weight = (INK, SEMIBOLD) if special else (MUTED, REGULAR)
        _centred(canvas, pen, said, below, (cell, line * 0.32), colour, weight)
    mark = mark_of(day)
    if mark:
        pen.draw(canvas, mark, (at[0] + cell * 0.76, at[1] - number * 0.45), line * 0.34)


def _centred(
    canvas: skia.Canvas,
    pen: Lettering,
    text: str,
    at: tuple[float, float],
    size: tuple[float, float],
    colour: int,
    weight: int = REGULAR,
) -> None:
    cell, height = size
    x = at[0] + (cell - pen.width(text, height, weight)) / 2
    pen.draw(canvas, text, (x, at[1]), height, weight=weight, colour=colour)
