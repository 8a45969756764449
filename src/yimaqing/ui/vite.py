"""Addresses of the files that Vite built, read from its manifest.

A server serves what `yimaqing setup` copied into the home, so it names those files too: a build
alone changes no page. A developer's (YIMAQING_DEBUG=1) serves and names each build at once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

BUILD = Path(__file__).parent / "static" / "build"


class AssetsNotBuilt(RuntimeError):
    """The front end was not built, or has no such entry point."""


@dataclass(frozen=True)
class Entry:
    """Addresses that a page includes for one entry point."""

    script: str
    styles: tuple[str, ...]


def entry(name: str) -> Entry:
    """The entry point ``entries/<name>.ts``; raises AssetsNotBuilt with the remedy."""
    copied = Path(settings.STATIC_ROOT) / "build" / "manifest.json"
    path = copied if copied.is_file() and not settings.DEBUG else BUILD / "manifest.json"
    if not path.is_file():
        raise AssetsNotBuilt("界面文件尚未构建 / front end not built: npm ci && npm run build")
    # WhiteNoise too finds its files once, at the start.
    return _entry(name, path, path.stat().st_mtime_ns if settings.DEBUG else 0)


@cache
def _entry(name: str, path: Path, built_at_ns: int) -> Entry:  # noqa: ARG001 a build's cache key
    manifest = json.loads(path.read_text(encoding="utf-8"))
    entries = {c["name"]: c for c in manifest.values() if c.get("isEntry")}
    if name not in entries:
        raise AssetsNotBuilt(f"no entry point {name} in this build: npm run build")
    chunk = entries[name]
    root = f"{settings.STATIC_URL}build/"
    return Entry(root + chunk["file"], tuple(root + css for css in chunk.get("css", ())))


def styles(name: str) -> SafeString:
    """Link elements of an entry's style sheets; for pages that need no script."""
    links = ((address,) for address in entry(name).styles)
    return format_html_join(mark_safe("\n"), '<link rel="stylesheet" href="{}">', links)


def tags(name: str) -> SafeString:
    """Style sheets and the deferred module script of an entry."""
    script = format_html('<script type="module" src="{}"></script>', entry(name).script)
    return mark_safe(f"{styles(name)}\n{script}")  # noqa: S308 both parts are escaped above
