"""A QR symbol on paper: one pixel a module, which the printer enlarges without blur."""

from __future__ import annotations

import skia

from yimaqing.kit.qr import QUIET_MODULES, picture

_NEAREST = skia.SamplingOptions(skia.FilterMode.kNearest)


def draw_symbol(canvas: skia.Canvas, text: str, at: tuple[float, float], box: float) -> None:
    """Draw the symbol of ``text`` in a square of ``box`` points, quiet zone included."""
    pixels = picture(text)
    modules = len(pixels)
    # Bytes, not an array: numpy would cost each drawing process its memory.
    image = skia.Image.frombytes(pixels.tobytes(), (modules, modules), skia.kGray_8_ColorType)
    module = box / (modules + 2 * QUIET_MODULES)
    quiet = QUIET_MODULES * module
    side = box - 2 * quiet
    canvas.drawImageRect(
        image, skia.Rect.MakeXYWH(at[0] + quiet, at[1] + quiet, side, side), _NEAREST
    )
