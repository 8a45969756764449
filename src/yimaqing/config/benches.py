"""Finding and running the scripts of bench/, each in a process of its own.

A benchmark is ``bench/<name with underscores>.py`` with ``NAME`` and ``run() -> dict``.
Its own process means that its peak of memory is its own, and that a crash of one leaves
the others' results standing.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[3]
FOLDER = REPOSITORY / "bench"
KEYS = (
    *("name", "value", "unit", "baseline", "ratio", "bar", "met", "peak_mib", "rows"),
    "machine",
)
SCRIPT = """
import importlib, json, sys
result = importlib.import_module("bench." + sys.argv[1]).run()
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump(result, file, ensure_ascii=False, default=str)
"""


class UnknownBench(LookupError):
    """There is no benchmark of that name; the message lists those there are."""


class BrokenBench(RuntimeError):
    """A benchmark failed, or its result lacks a key."""


def names() -> list[str]:
    """Names of the benchmarks, as ``yimaqing bench`` takes them."""
    return sorted(name for path in FOLDER.glob("*.py") if (name := _name_in(path)))


def known(name: str) -> str:
    """The name, if there is such a benchmark; else UnknownBench."""
    if name not in names():
        raise UnknownBench(f"{name}? 有 there are: {', '.join(names()) or '—'}")
    return name


def run(name: str) -> dict[str, Any]:
    """Run one and return its result with the machine added; raises BrokenBench."""
    output = Path(os.environ.get("TMPDIR", "/tmp")) / f"yimaqing-bench-{os.getpid()}.json"  # noqa: S108
    command = [sys.executable, "-c", SCRIPT, name.replace("-", "_"), str(output)]
    path = os.pathsep.join([str(REPOSITORY), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    try:
        done = subprocess.run(  # noqa: S603 - our own script, no shell
            command,
            cwd=REPOSITORY,
            env=os.environ | {"PYTHONPATH": path},
            stdout=2,  # whatever it prints goes to standard error
            check=False,
        )
        if done.returncode != 0:
            raise BrokenBench(f"{name}: status {done.returncode}")
        result: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
    finally:
        output.unlink(missing_ok=True)
    missing = [key for key in KEYS if key not in result]
    if missing:
        raise BrokenBench(f"{name}: the result lacks {', '.join(missing)}")
    return result


def write(result: dict[str, Any]) -> None:
    """Put one result in bench/results.json and the table docs/reference/benchmarks.md.

    Written after each benchmark, so that one that breaks takes no other's figures along.
    """
    kept = FOLDER / "results.json"
    held = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else []
    others = [one for one in held if one["name"] != result["name"]]
    results = sorted([*others, result], key=lambda one: str(one["name"]))
    told = table(results)
    kept.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    page = REPOSITORY / "docs/reference/benchmarks.md"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(told, encoding="utf-8")


def table(results: Sequence[dict[str, Any]]) -> str:
    """The page for readers: every figure with its bar, its baseline and its machine."""
    lines = [
        "# 性能 Benchmarks",
        "",
        "Written by `make bench` from the scripts in `bench/`. Ratios compare with a baseline",
        "measured in the same run on the same machine.",
        "",
        "| name | value | baseline | ratio | bar | met | peak MiB | rows |",
        "|---|---:|---|---:|---|---|---:|---:|",
        *(_row(result) for result in results),
        "",
        *(line for result in results for line in _beside(result)),
        "",
        *sorted({f"Machine: {_machine(result['machine'])}" for result in results}),
        "",
    ]
    return "\n".join(lines)


def _row(result: dict[str, Any]) -> str:
    baseline = result["baseline"] or {}
    against = f"{baseline.get('what', '—')}: {_figure(baseline.get('value'))}"
    cells = [
        result["name"],
        f"{_figure(result['value'])} {result['unit']}",
        against,
        _figure(result["ratio"]),
        str(result["bar"]),
        "yes" if result["met"] else "**no**",
        _figure(result["peak_mib"]),
        _figure(result["rows"]),
    ]
    return f"| {' | '.join(cells)} |"


def _beside(result: dict[str, Any]) -> list[str]:
    """What else a benchmark measured, as one line of a list."""
    more = {key: value for key, value in result.items() if key not in KEYS}
    said = "; ".join(
        f"{key.replace('_', ' ')} {_plainly(value)}" for key, value in more.items() if value != []
    )
    return [f"- {result['name']}: {said}"] if said else []


def _plainly(value: Any) -> str:
    if isinstance(value, dict):
        parts = (f"{key.replace('_', ' ')} {_plainly(part)}" for key, part in value.items())
        return f"({', '.join(parts)})"
    if isinstance(value, list):
        return " / ".join(_plainly(part) for part in value)
    return _figure(value)


def _figure(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.3g}" if abs(value) < 100 else f"{value:,.0f}"


def _machine(machine: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in machine.items())


def _name_in(path: Path) -> str | None:
    """The value of NAME at the top of a script, read without running it."""
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
            targets = [target.id for target in statement.targets if isinstance(target, ast.Name)]
            if targets == ["NAME"]:
                return str(statement.value.value)
    return None
