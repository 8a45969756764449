"""What `yimaqing setup` does: schema, translations, reference data, static files.

Every step can be killed and run again.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import call_command
from django.utils.translation import trans_real

from yimaqing.kit.plugins import plugins

SOURCE = Path(__file__).resolve().parents[1]


def bring_up_to_date() -> Iterator[str]:
    """Do all steps; yields a line for each as it ends."""
    yield f"翻译 translations: {build_translations()}"
    call_command("migrate", database="owner", verbosity=0)
    yield "数据库结构 schema: 最新 up to date"
    for module in plugins("reference"):
        yield f"参考数据 reference data: {module.__name__.split('.')[-2]} {module.sync()}"
    yield f"静态文件 static files: {collect_static()}"


def catalogues() -> list[Path]:
    """Every translation source in the tree."""
    return sorted(SOURCE.glob("**/locale/*/LC_MESSAGES/django.po"))


def stale_catalogues() -> list[Path]:
    """Sources whose compiled file is absent or older."""
    return [source for source in catalogues() if _is_stale(source)]


def build_translations() -> int:
    """Compile what is stale, with Babel, so that no gettext tools are needed; how many."""
    stale = stale_catalogues()
    for source in stale:
        _compile(source)
    # Django offers no other way to read them again.
    trans_real._translations.clear()  # type: ignore[attr-defined]  # noqa: SLF001
    return len(stale)


def collect_static() -> int:
    """Copy, hash and compress static files into STATIC_ROOT; how many there are now."""
    call_command("collectstatic", interactive=False, verbosity=0, clear=False)
    return sum(1 for path in Path(settings.STATIC_ROOT).rglob("*") if path.is_file())


def _is_stale(source: Path) -> bool:
    built = source.with_suffix(".mo")
    return not built.exists() or built.stat().st_mtime_ns < source.stat().st_mtime_ns


def _compile(source: Path) -> None:
    locale = source.parent.parent.name
    with source.open("rb") as file:
        catalogue = read_po(file, locale=locale, abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    unfinished = source.with_suffix(f".mo.{os.getpid()}")
    unfinished.write_bytes(compiled.getvalue())
    unfinished.replace(source.with_suffix(".mo"))
