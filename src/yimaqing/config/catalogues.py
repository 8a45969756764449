"""Translations: sources (.po) in the tree, and what is compiled from them beside them (.mo).

`make setup` compiles them, as the account that owns the tree; the account that the services
run as may not write there. Babel does it, so that no gettext tools are needed.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation import trans_real

SOURCE = Path(__file__).resolve().parents[1]


def catalogues() -> list[Path]:
    """Every translation source in the tree."""
    return sorted(SOURCE.glob("**/locale/*/LC_MESSAGES/django.po"))


def stale_catalogues() -> list[Path]:
    """Sources whose compiled file is absent or older."""
    return [source for source in catalogues() if _is_stale(source)]


def build_translations() -> int:
    """Compile what is stale, and let Django read it again; how many."""
    stale = stale_catalogues()
    build(stale)
    # Django offers no other way to read them again.
    trans_real._translations.clear()  # type: ignore[attr-defined]  # noqa: SLF001
    return len(stale)


def build(sources: Sequence[Path]) -> None:
    """Compile each beside its source, whole or not at all."""
    for source in sources:
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name, abort_invalid=True)
        compiled = io.BytesIO()
        write_mo(compiled, catalogue)
        unfinished = source.with_suffix(f".mo.{os.getpid()}")
        unfinished.write_bytes(compiled.getvalue())
        unfinished.replace(source.with_suffix(".mo"))


def _is_stale(source: Path) -> bool:
    built = source.with_suffix(".mo")
    return not built.exists() or built.stat().st_mtime_ns < source.stat().st_mtime_ns


if __name__ == "__main__":
    build([Path(name) for name in sys.argv[1:]])
