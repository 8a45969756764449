"""Headings, facts and tables that run over as many A4 pages as they take.

Every page carries a line that says who printed it, when and why, and the same words faintly
across it, so that a copy can be traced.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Self

import skia

from yimaqing.ui.paper.document import PdfDocument
from yimaqing.ui.paper.lettering import INK, LINE, MUTED, REGULAR, SEMIBOLD, Lettering
from yimaqing.ui.paper.sizes import LEFT, PAPERS, RIGHT, points

_MARGIN, _HEAD, _FOOT = points(15), points(14), points(14)
_BODY, _SMALL, _LARGE, _LEADING, _PAD = 9.0, 7.5, 16.0, 1.45, 3.0
#: Above a line that somebody signs on.
_HAND = points(8)
_FAINT = 0x12000000
_WIDEST = 0.45


class Flow:
    """``with Flow(title, stamp) as paper: paper.heading(…); paper.table(…)``; then ``content``.

    ``stamp`` is the line on every page. ``missing`` are characters that no font has.
    """

    def __init__(self, title: str, stamp: str, page_word: str = "{n}") -> None:
        self._pdf = PdfDocument(title)
        self._stamp, self._page_word = stamp, page_word
        self._pen = Lettering()
        self._width, self._height = (points(side) for side in PAPERS["A4"])
        self._room = self._width - 2 * _MARGIN
        self._canvas: skia.Canvas = None
        self._page = ExitStack()
        self._y = 0.0

    @property
    def content(self) -> bytes:
        """The finished PDF."""
        return self._pdf.content

    @property
    def pages(self) -> int:
        """How many pages it has."""
        return self._pdf.pages

    @property
    def missing(self) -> set[str]:
        """Characters printed as 〓."""
        return self._pen.missing

    def __enter__(self) -> Self:
        self._pdf.__enter__()
        self._new_page()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._page.close()
        self._pdf.__exit__(kind, error, at)

    def title(self, text: str, below: str = "") -> None:
        """The first lines of the document."""
        for line in self._pen.wrapped(text, 16, self._room, SEMIBOLD):
            self._line([(line, 0.0)], 16, SEMIBOLD)
        for line in self._pen.wrapped(below, _BODY, self._room) if below else ():
            self._line([(line, 0.0)], _BODY, REGULAR, MUTED)

    def heading(self, text: str) -> None:
        """A section's heading; it stays with what follows."""
        self._need(_BODY * _LEADING * 5)
        self._y += _BODY
        self._line([(text, 0.0)], 11.5, SEMIBOLD)
        self._rule(INK)

    def paragraph(self, text: str, *, small: bool = False, large: bool = False) -> None:
        """Running text; ``large`` is read on a wall."""
        size = _LARGE if large else _SMALL if small else _BODY
        for line in self._pen.wrapped(text, size, self._room):
            self._line([(line, 0.0)], size, REGULAR, MUTED if small else INK)

    def facts(self, pairs: Sequence[tuple[str, str]], *, by_hand: bool = False) -> None:
        """Keys and values in two columns; with room to write ``by_hand``."""
        self._y += _PAD
        half = self._room / 2
        key = max((self._pen.width(k, _BODY) for k, _v in pairs), default=0) + 2 * _PAD
        key = min(key, half / 2)
        for at in range(0, len(pairs), 2):
            cells = [
                self._pen.wrapped(text, _BODY, width - _PAD)
                for pair in pairs[at : at + 2]
                for text, width in zip(pair, (key, half - key), strict=True)
            ]
            offsets = [0.0, key, half, half + key]
            self._y += _HAND if by_hand else 0.0
            self._rows_of(cells, offsets, [])

    def table(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        aligned: Sequence[str] = (),
    ) -> None:
        """A table; its head stands again on each new page. ``aligned``: LEFT or RIGHT a column."""
        widths = self._widths(heads, rows)
        offsets = [sum(widths[:n]) for n in range(len(widths))]
        sides = list(aligned) or [LEFT] * len(widths)
        spans = list(zip(widths, sides, strict=True))

        def head() -> None:
            cells = [self._fit(text, width) for text, width in zip(heads, widths, strict=True)]
            self._rows_of(cells, offsets, spans, weight=SEMIBOLD)
            self._rule(LINE)

        head()
        for row in rows:
            cells = [self._fit(text, width) for text, width in zip(row, widths, strict=True)]
            height = max(len(cell) for cell in cells) * _BODY * _LEADING
            if self._y + height > self._bottom and height < self._bottom - self._top:
                self._new_page()
                head()
            self._rows_of(cells, offsets, spans, again=head)
            self._rule(LINE)

    def _fit(self, text: str, width: float) -> list[str]:
        return self._pen.wrapped(text, _BODY, width - 2 * _PAD)

    def _widths(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[float]:
        """Widths by content, the widest columns giving way; together the page's."""
        longest = [
            max([self._pen.width(text, _BODY, SEMIBOLD) for text in column]) + 2 * _PAD
            for column in zip(heads, *rows, strict=True)
        ]
        capped = [min(width, self._room * _WIDEST) for width in longest]
        spare = self._room - sum(capped)
        if spare >= 0:
            return [width + spare / len(capped) for width in capped]
        # Narrow columns keep what they need; the rest share what is left.
        fair = self._room / len(capped)
        narrow = sum(width for width in capped if width <= fair)
        wide = sum(width for width in capped if width > fair)
        return [w if w <= fair else w * (self._room - narrow) / wide for w in capped]

    def _rows_of(
        self,
        cells: Sequence[Sequence[str]],
        offsets: Sequence[float],
        spans: Sequence[tuple[float, str]],
        *,
        weight: int = REGULAR,
        again: object = None,
    ) -> None:
        """Lines of cells side by side; where the page ends they go on upon the next."""
        for number in range(max(len(cell) for cell in cells)):
            if self._y + _BODY * _LEADING > self._bottom:
                self._new_page()
                if callable(again):
                    again()
            parts = []
            for at, cell in enumerate(cells):
                text = cell[number] if number < len(cell) else ""
                x = offsets[at]
                if spans and spans[at][1] == RIGHT:
                    x += spans[at][0] - 2 * _PAD - self._pen.width(text, _BODY, weight)
                parts.append((text, x))
            self._line(parts, _BODY, weight)

    def _line(
        self,
        parts: Sequence[tuple[str, float]],
        size: float,
        weight: int,
        colour: int = INK,
    ) -> None:
        self._need(size * _LEADING)
        self._y += size * _LEADING
        baseline = self._y - size * (_LEADING - 1)
        for text, x in parts:
            at = (_MARGIN + x + _PAD, baseline)
            self._pen.draw(self._canvas, text, at, size, weight=weight, colour=colour)

    def _rule(self, colour: int) -> None:
        self._y += 2
        paint = skia.Paint(Color=colour, StrokeWidth=0.5)
        self._canvas.drawLine(_MARGIN, self._y, self._width - _MARGIN, self._y, paint)
        self._y += 2

    @property
    def _top(self) -> float:
        return _MARGIN + _HEAD

    @property
    def _bottom(self) -> float:
        return self._height - _MARGIN - _FOOT

    def _need(self, height: float) -> None:
        if self._y + height > self._bottom:
            self._new_page()

    def _new_page(self) -> None:
        self._page.close()
        self._canvas = self._page.enter_context(self._pdf.page(self._width, self._height))
        self._watermark()
        for text, y in self._margins():
            self._pen.draw(self._canvas, text, (_MARGIN + _PAD, y), _SMALL, colour=MUTED)
        self._y = self._top

    def _margins(self) -> Iterator[tuple[str, float]]:
        """The stamp above, the number of the page below."""
        for number, line in enumerate(self._pen.wrapped(self._stamp, _SMALL, self._room)):
            yield line, _MARGIN + _SMALL * (number + 1) * 1.3
        yield self._page_word.format(n=self._pdf.pages + 1), self._height - _MARGIN

    def _watermark(self) -> None:
        """The stamp, faintly and aslant, three times down the page."""
        canvas = self._canvas
        for share in (0.28, 0.55, 0.82):
            canvas.save()
            canvas.translate(_MARGIN, self._height * share)
            canvas.rotate(-18)
            self._pen.draw(canvas, self._stamp, (0, 0), 13, colour=_FAINT)
            canvas.restore()
