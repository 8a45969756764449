"""QR symbols (GB/T 18284, ISO/IEC 18004): modules, SVG and PNG.

Error correction level M; a quiet zone of four modules; no logo inside: a code on a
farmhouse wall gets dirty by itself.
"""

from __future__ import annotations

import struct
import zlib

import zxingcpp

QUIET_MODULES = 4
_DARK_BELOW = 128


#: Every symbol gets the same data mask. Trying all eight for the one of the fewest penalties took
#: two thirds of the time; of 750 pictures (slanted, blurred, noisy) two decoders read 702 and
#: 363 with this mask, 707 and 346 with the chosen ones: addresses end at random anyway.
_MASK = 3


def picture(text: str) -> memoryview:
    """The symbol without quiet zone, rows of grey bytes: one byte a module, 0 is dark."""
    made = zxingcpp.create_barcode(
        text, zxingcpp.BarcodeFormat.QRCode, ec_level="M", data_mask=_MASK
    )
    return memoryview(made.to_image(scale=1, add_quiet_zones=False))  # type: ignore[arg-type] # a buffer


def modules(text: str) -> list[bytes]:
    """The rows of the symbol without quiet zone: one byte a module, 1 is dark."""
    rows: list[list[int]] = picture(text).tolist()  # type: ignore[assignment] # a 2-D buffer
    return [bytes(int(level < _DARK_BELOW) for level in row) for row in rows]


def svg(text: str, title: str = "") -> str:
    """An SVG of one path, one unit a module, quiet zone included; scales to any size."""
    rows = modules(text)
    side = len(rows) + 2 * QUIET_MODULES
    path = "".join(
        f"M{start + QUIET_MODULES} {y + QUIET_MODULES}h{length}v1h-{length}z"
        for y, row in enumerate(rows)
        for start, length in _runs(row)
    )
    label = title.replace("&", "&amp;").replace("<", "&lt;")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"'
        f' shape-rendering="crispEdges" role="img"><title>{label}</title>'
        f'<rect width="{side}" height="{side}" fill="#fff"/><path d="{path}"/></svg>'
    )


def png(text: str, pixels_per_module: int = 10) -> bytes:
    """A PNG of one bit a pixel, quiet zone included."""
    rows = modules(text)
    side = len(rows) + 2 * QUIET_MODULES
    blank = bytes(side)
    margin = bytes(QUIET_MODULES)
    framed = [blank] * QUIET_MODULES + [margin + r + margin for r in rows] + [blank] * QUIET_MODULES
    lines = b"".join(
        (b"\0" + _packed(row, pixels_per_module)) * pixels_per_module for row in framed
    )
    size = side * pixels_per_module
    header = struct.pack(">IIBBBBB", size, size, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(lines, 9))
        + _chunk(b"IEND", b"")
    )


def _runs(row: bytes) -> list[tuple[int, int]]:
    """(start, length) of each run of dark modules."""
    runs: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if not dark:
            continue
        if runs and sum(runs[-1]) == x:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((x, 1))
    return runs


def _packed(row: bytes, scale: int) -> bytes:
    """Pixels as bits, most significant first; in PNG greyscale 0 is black."""
    bits = "".join(("0" if dark else "1") * scale for dark in row)
    padded = bits + "0" * (-len(bits) % 8)
    return int(padded, 2).to_bytes(len(padded) // 8, "big")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )
