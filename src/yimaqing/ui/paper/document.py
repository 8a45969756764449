"""A PDF that is made page by page, in points from the upper left corner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import skia


class PdfDocument:
    """``with PdfDocument(title) as pdf: with pdf.page(w, h) as canvas: …``; then ``pdf.content``.

    It grows in memory, about 12 KB a page of labels: who makes many pages makes several.
    """

    def __init__(self, title: str) -> None:
        self.content = b""
        self.pages = 0
        self._stream = skia.DynamicMemoryWStream()
        metadata = skia.PDF.Metadata({"Title": title, "Creator": "Yimaqing 一码清"})
        self._document = skia.PDF.MakeDocument(self._stream, metadata)

    @contextmanager
    def page(self, width: float, height: float) -> Iterator[skia.Canvas]:
        """One page of a size in points."""
        yield self._document.beginPage(width, height)
        self._document.endPage()
        self.pages += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._document.abort()
            return
        self._document.close()
        self.content = bytes(self._stream.detachAsData())
