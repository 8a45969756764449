"""Which engine runs a programme over a snapshot: DuckDB here, or Apache Spark, by one setting."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from yimaqing.analytics.lake import Snapshot
from yimaqing.analytics.run import Programme, evaluate

DUCKDB = "duckdb"
CONNECT = "sc://"
#: Addresses of Spark: a cluster of its own, Connect, Kubernetes, YARN, this machine.
SPARK = re.compile(rf"spark://.|{CONNECT}.|k8s://.|yarn$|local$|local\[.+\]$")

#: Runs a programme over a snapshot and writes its outputs by county under a directory.
Engine = Callable[[Snapshot, Programme, Path], None]


class EngineUnusable(RuntimeError):
    """The engine that the setting names is unknown or not to be had; the text says what to do."""


@contextmanager
def opened(setting: str, *, spill: Path) -> Iterator[Engine]:
    """The engine that ``setting`` names, open until the block ends. Raise EngineUnusable."""
    check(setting)
    if setting == DUCKDB:
        yield partial(evaluate, spill=spill)
        return
    # By its name, because the package behind it is optional.
    with import_module("yimaqing.analytics.spark").opened(setting, spill=spill) as engine:
        yield engine


def check(setting: str) -> None:
    """Raise EngineUnusable when the setting is unknown, or what it needs is not installed."""
    if setting == DUCKDB:
        return
    if not SPARK.match(setting):
        raise EngineUnusable(
            f"YIMAQING_ANALYTICS={setting} 不认识；可用 duckdb、local[*]、spark://主机:端口、"
            "sc://主机:端口、yarn、k8s://地址"
        )
    if find_spec("pyspark") is None:
        raise EngineUnusable(
            "没有装 Spark；运行 make setup-spark，或改用 YIMAQING_ANALYTICS=duckdb"
        )
    if not setting.startswith(CONNECT) and not has_java():
        raise EngineUnusable("没有 Java；安装 Java 17（apt-get install openjdk-17-jre-headless）")


def has_java() -> bool:
    """Whether a Java is where Spark looks for it."""
    return bool(os.environ.get("JAVA_HOME") or shutil.which("java"))
