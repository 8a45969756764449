"""Each service loads what it uses: a heavy library nobody asked for costs every process of it.

Such libraries are imported inside the functions that need them (in the files named below) or in
modules that only those functions import. Everything else is imported at the top, as everywhere.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "yimaqing"

#: Each costs a process between 4 and 45 MiB and up to a second.
HEAVY = {
    *("duckdb", "polars", "ibis", "sqlglot", "pyarrow", "numpy", "pandas", "splink"),
    *("skia", "opencc", "python_calamine", "zxingcpp", "pypinyin.phrases_dict"),
}
#: How a service starts, up to its first request or job, and which of them it may hold then.
SERVICES = {
    "scan": (
        """
import yimaqing.domains.codes.scan_service
from yimaqing.domains.codes import kinds
kinds.cards(), kinds.panels()
""",
        set(),
    ),
    "jobs": (
        """
import click
from yimaqing.config.cli import program
assert program.get_command(click.Context(program), "jobs")
import yimaqing.config.jobs, yimaqing.domains.codes.labels.printing
""",
        set(),
    ),
    "web": (
        """
import yimaqing.config.wsgi
from django.urls import get_resolver
assert get_resolver().url_patterns
""",
        # The cockpit's snapshot is opened before the first visitor; uploads are looked into.
        {"duckdb", "ibis", "sqlglot", "polars", "zxingcpp"},
    ),
    "drawing": (
        "import yimaqing.domains.codes.labels.process, yimaqing.domains.codes.labels.drawing",
        {"skia", "zxingcpp"},
    ),
}
#: Where something is imported inside a function: heavy (see the line), or after Django.
LATE = {
    *("config/backup/restoring.py", "config/doctor/files.py", "config/doctor/work.py"),
    *("domains/accounts/models.py", "domains/cockpit/apps.py", "domains/cockpit/receivers.py"),
    *("domains/codes/labels/printing.py", "domains/codes/labels/process.py"),
    *("domains/codes/labels/views.py", "domains/intake/mapping/vocabulary.py"),
    *("domains/intake/apart/child.py", "domains/intake/reading/books.py"),
    *("domains/intake/tasks.py", "domains/lists/producing.py"),
    *(f"domains/monitoring/{name}.py" for name in ("apps", "receivers", "rules_pages", "tasks")),
    *(f"domains/recognition/{name}.py" for name in ("apps", "receivers", "printing/views")),
    *(f"domains/registry/{name}.py" for name in ("apps", "printing/views", "tasks")),
}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_starts_without_what_it_does_not_use(service):
    start, allowed = SERVICES[service]
    said = subprocess.run(
        [sys.executable, "-c", f"{start}\nimport json, sys\nprint(json.dumps(list(sys.modules)))"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    loaded = HEAVY & set(json.loads(said.stdout.splitlines()[-1]))
    assert loaded <= allowed, f"{service} loads {sorted(loaded - allowed)}: import them where used"


def test_imports_inside_functions_are_few_and_say_why():
    found, silent = set(), []
    for path in SOURCE.rglob("*.py"):
        if "tests" in path.parts or "noqa: PLC0415" not in (text := path.read_text("utf-8")):
            continue
        name = str(path.relative_to(SOURCE))
        found.add(name)
        if path.name != "apps.py":  # one comment there for all its lines
            silent += [name for why in re.findall(r"PLC0415(.*)", text) if why[:3] != " - "]
    assert (found - LATE, LATE - found) == (set(), set())
    assert silent == []
