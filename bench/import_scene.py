"""What the benches of import share: a synthetic prefecture, and an installation of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from yimaqing.config.cluster import Cluster

REPOSITORY = Path(__file__).resolve().parents[1]
DATA = REPOSITORY / "var" / "bench" / "prefecture"
SEED, AS_OF = "20200819", "2026-11-23"
DIVISIONS = REPOSITORY / "src/yimaqing/domains/places/data/luliang_divisions.csv"


def prepare(scale: str = "prefecture") -> Path:
    """A synthetic register in the national layout, made once; the folder of its files."""
    data = DATA.with_name(scale)
    if (data / "truth.json").exists():
        return data
    shutil.rmtree(data, ignore_errors=True)
    making = data.with_name(f"{data.name}.new")
    shutil.rmtree(making, ignore_errors=True)
    command = [sys.executable, "-m", "demo.generate", "--out", str(making)]
    command += ["--scale", scale, "--seed", SEED, "--as-of", AS_OF]
    subprocess.run(command, cwd=REPOSITORY, check=True, stdout=sys.stderr)
    making.rename(data)
    return data


@contextmanager
def installation() -> Iterator[tuple[Cluster, dict[str, str]]]:
    """A server of its own with the product's settings; gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="yimaqing-bench-"))
    home.chmod(0o711)  # the server's own account passes through
    cluster = Cluster(home)
    cluster.start()
    clean = {k: v for k, v in os.environ.items() if not k.startswith("YIMAQING_")}
    try:
        yield cluster, clean | {"YIMAQING_HOME": str(home)}
    finally:
        cluster.stop()
        shutil.rmtree(home, ignore_errors=True)


def yimaqing(environment: dict[str, str], *arguments: str) -> int:
    """Run the product's command; its exit status is 0 or 1 (some rows rejected)."""
    command = [str(Path(sys.executable).with_name("yimaqing")), *arguments]
    done = subprocess.run(command, env=environment, cwd="/", stdout=sys.stderr, check=False)
    if done.returncode > 1:
        raise RuntimeError(f"yimaqing {' '.join(arguments)}: status {done.returncode}")
    return done.returncode
