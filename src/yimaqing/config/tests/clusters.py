"""A throw-away cluster in a folder that the server's account can reach."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from yimaqing.config.cluster import Cluster

SMALL = {"shared_buffers": "32MB", "max_wal_size": "128MB", "min_wal_size": "32MB"}


@contextmanager
def throw_away(mode: int = 0o711) -> Iterator[Cluster]:
    """A cluster that does not exist yet; stopped and removed in the end."""
    home = Path(tempfile.mkdtemp(prefix="yimaqing-cluster-"))
    home.chmod(mode)
    cluster = Cluster(home, settings=SMALL)
    try:
        yield cluster
    finally:
        cluster.stop()
        data, socket = cluster.data.resolve(), cluster.socket
        shutil.rmtree(home)
        shutil.rmtree(socket, ignore_errors=True)  # outside of a home that is closed to others
        if data.is_relative_to("/var/lib/yimaqing"):
            shutil.rmtree(data.parent)
