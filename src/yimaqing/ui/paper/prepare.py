"""Set-up: copies the font's files so that the text of a PDF reads back as it was written.

Several characters share a glyph (户 and 戶, 民 and the radical ⺠), and a PDF's text layer can
name one of them only; PDF libraries take the one with the lowest number, so that who searched
a printed file for 户 found nothing. Here each glyph keeps the character in daily use; the
others are listed in ``same.json`` and written by it.

    python -m yimaqing.ui.paper.prepare FOLDER_OF_THE_PACKAGE TARGET
"""

from __future__ import annotations

import json
import shutil
import sys
from collections import defaultdict
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped] # published without types

FILES = ("400Regular/NotoSansSC_400Regular.ttf", "600SemiBold/NotoSansSC_600SemiBold.ttf")
_UNIFIED = range(0x4E00, 0xA000)
_KEYBOARD = " ·–•"


def prepare(package: Path, target: Path) -> None:
    """Write both weights, ``same.json`` and the licence (last: it says that all is there)."""
    target.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        same = _copied(package / name, target / Path(name).name)
    (target / "same.json").write_text(json.dumps(same, ensure_ascii=False), encoding="utf-8")
    shutil.copyfile(package / "LICENSE_FONT", target / "OFL.txt")


def _copied(source: Path, target: Path) -> dict[str, str]:
    """The font with one character for each glyph; the others by the one that stays."""
    font = TTFont(source, lazy=True)
    by_glyph: dict[str, list[int]] = defaultdict(list)
    for code, glyph in font.getBestCmap().items():
        by_glyph[glyph].append(code)
    same: dict[int, int] = {}
    for codes in by_glyph.values():
        kept = min(codes, key=_rank)
        same |= {code: kept for code in codes if code != kept}
    for table in font["cmap"].tables:
        if table.isUnicode() and table.format != 14:
            table.cmap = {code: g for code, g in table.cmap.items() if code not in same}
    font.save(target)
    return {chr(code): chr(kept) for code, kept in sorted(same.items())}


def _rank(code: int) -> tuple[bool, bool, bool, int]:
    """Daily use first (GB 2312; the dots and dashes of keyboards), then any unified character."""
    character = chr(code)
    return character not in _KEYBOARD, not _in_gb2312(character), code not in _UNIFIED, code


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


if __name__ == "__main__":
    prepare(Path(sys.argv[1]), Path(sys.argv[2]))
