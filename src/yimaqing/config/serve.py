"""The three services of an installation: web, scan and jobs.

The shapes come from trials (docs/explanation/three-services.md): pages want several threads
each, the one hot page wants one thread and nothing beside it, jobs must not share a process
with either.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from yimaqing.config.cluster.watch import watch_over
from yimaqing.config.supervision import Child, Supervisor

WEB = "yimaqing.config.wsgi:application"
SCAN = "yimaqing.domains.codes.scan_service:application"
ALL = ("web", "scan", "jobs")


@dataclass(frozen=True)
class Shape:
    """Where services listen and how many workers they have."""

    host: str = "127.0.0.1"
    port: int = 8000
    scan_port: int = 8001
    web_workers: int = 3
    web_threads: int = 6
    scan_workers: int = 2
    scan_threads: int = 2
    job_threads: int = 2


def supervisor(shape: Shape, services: Sequence[str] = ALL) -> Supervisor:
    """The services, and a watch over the embedded database where it is ours to start."""
    watch = watch_over(Path(settings.HOME), settings.DATABASE_URL)
    return Supervisor(children(shape, services), [watch] if watch else [])


def children(shape: Shape, services: Sequence[str] = ALL) -> list[Child]:
    """The processes to supervise, by the names of ``services``."""
    web = _granian(WEB, shape.host, shape.port, shape.web_workers, shape.web_threads)
    scan = _granian(SCAN, shape.host, shape.scan_port, shape.scan_workers, shape.scan_threads)
    jobs = [str(Path(sys.executable).with_name("yimaqing")), "jobs"]
    jobs += ["--threads", str(shape.job_threads)]
    commands = {"web": web, "scan": scan, "jobs": jobs}
    return [Child(name, commands[name]) for name in services]


def _granian(application: str, host: str, port: int, workers: int, threads: int) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws"),
        *("--host", host, "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", str(threads)),
        *("--respawn-failed-workers", "--workers-kill-timeout", "20", "--log-level", "warning"),
        *("--log-config", str(Path(__file__).with_name("granian.json"))),
        application,
    ]
