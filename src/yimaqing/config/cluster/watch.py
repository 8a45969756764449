"""Bringing the embedded server back after it was killed, while `yimaqing serve` runs.

A server that was stopped on purpose takes its lock file with it; one that was killed (by the
kernel for memory, by hand) leaves it behind. Only then is it started again, so that
`yimaqing db stop` stays a stop. Where a unit of systemd runs the server, that unit restarts it.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from yimaqing.config.cluster import environment, roles
from yimaqing.config.cluster.errors import ClusterError
from yimaqing.config.cluster.processes import lost
from yimaqing.config.cluster.server import Cluster

log = logging.getLogger("yimaqing.serve")

LOOK_SECONDS = 1.0
PATIENCE_SECONDS = 5.0  # a unit of systemd is faster, and then there is nothing to do
AGAIN_SECONDS = 30.0


@dataclass
class Watch:
    """Looks after the server of one installation; ``tend`` never waits."""

    cluster: Cluster
    mending: subprocess.Popen[bytes] | None = None
    lost_since: float | None = None
    look_again_at: float = field(default=0.0)

    def tend(self) -> None:
        """Notice that the server was killed; start it after a moment of patience."""
        now = time.monotonic()
        if now < self.look_again_at:
            return
        self.look_again_at = now + LOOK_SECONDS
        if self.mending is not None:
            self._follow(now)
        elif not lost(self.cluster.data):
            self.lost_since = None
        elif self.lost_since is None:
            self.lost_since = now
            log.warning("database: the server was killed")
        elif now - self.lost_since >= PATIENCE_SECONDS:
            self._start()

    def _start(self) -> None:
        log.warning("database: starting the server again")
        command = [str(Path(sys.executable).with_name("yimaqing")), "db", "start"]
        self.mending = subprocess.Popen(  # noqa: S603 - ourselves, no shell
            command,
            env=os.environ | {"YIMAQING_HOME": str(self.cluster.home)},
            start_new_session=True,  # Ctrl-C ends the services, not a crash recovery
        )

    def _follow(self, now: float) -> None:
        status = self.mending.poll() if self.mending else 0
        if status is None:
            return
        self.mending, self.lost_since = None, None
        if status == 0:
            log.warning("database: the server is back")
        else:
            log.error("database: `yimaqing db start` failed, see above; again in 30 s")
            self.look_again_at = now + AGAIN_SECONDS


def watch_over(home: Path, database_url: str) -> Watch | None:
    """A watch over the embedded server at ``home`` if it is the one in use and ours to start.

    None for a server of one's own, and where another account runs the embedded one: then the
    unit ``yimaqing-db`` restarts it.
    """
    cluster = Cluster(home, say=lambda line: log.info("database: %s", line))
    try:
        addresses = roles.known(environment.read(home))
        ours = addresses is not None and database_url in addresses.values()
        if not ours or not cluster.initialised or not cluster.account.name:
            return None
    except ClusterError as error:
        log.info("database: not watched over by this service: %s", error)
        return None
    return Watch(cluster)
