"""A bench's own installation: its data directory, and Django pointed at it."""

from __future__ import annotations

import os
from pathlib import Path


def point_django_at(home: Path, public_url: str) -> None:
    """Settings are read once, so the addresses must be known before Django is set up."""
    from yimaqing.config.cluster import Cluster  # noqa: PLC0415 - the order matters here

    for name in [n for n in os.environ if n.startswith("YIMAQING_")]:
        del os.environ[name]
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o711)  # the server's own account passes through
    Cluster(home).init()
    os.environ |= {
        "YIMAQING_HOME": str(home),
        "YIMAQING_PUBLIC_URL": public_url,
        "DJANGO_SETTINGS_MODULE": "yimaqing.config.settings",
    }
    import django  # noqa: PLC0415 - the order matters here

    django.setup()
