"""`yimaqing bench`: finds scripts, runs each alone, refuses half a result, prints the table."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from bench.machine import describe
from bench.memory import PeakMemory
from yimaqing.config import benches
from yimaqing.config.commands.bench import bench

GOOD = """
NAME = "counting-up"

def run():
    print("this goes to standard error")
    return {
        "name": NAME, "value": 1234.5, "unit": "rows/s", "ratio": 1.25, "bar": "≤ 2",
        "baseline": {"what": "bare", "value": 987}, "met": True, "peak_mib": 12.3,
        "rows": 590000, "machine": {"cpu": "x", "cores": 2},
        "rounds": {"a": [987, 12.5]},
    }
"""


@pytest.fixture
def scripts(tmp_path, monkeypatch):
    folder = tmp_path / "bench"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "counting_up.py").write_text(GOOD)
    (folder / "helper_of_others.py").write_text('OTHER = "x"\n')
    monkeypatch.setattr(benches, "FOLDER", folder)
    monkeypatch.setattr(benches, "REPOSITORY", tmp_path)
    return folder


def test_one_prints_its_json_alone(scripts):
    shown = CliRunner().invoke(bench, ["counting-up", "--json"])
    assert shown.exit_code == 0
    assert json.loads(shown.stdout)["value"] == 1234.5


def test_a_missed_bar_is_exit_status_1(scripts):
    (scripts / "counting_up.py").write_text(GOOD.replace("True", "False"))
    assert CliRunner().invoke(bench, ["counting-up", "--json"]).exit_code == 1


def test_an_unknown_name_lists_the_known(scripts):
    shown = CliRunner().invoke(bench, ["counting"])
    assert shown.exit_code == 1
    assert "counting-up" in shown.stderr


def test_a_result_without_a_key_is_refused(scripts):
    (scripts / "counting_up.py").write_text(GOOD.replace('"rows": 590000, ', ""))
    with pytest.raises(benches.BrokenBench, match="rows"):
        benches.run("counting-up")


def test_all_writes_results_and_the_page(scripts, tmp_path):
    assert CliRunner().invoke(bench, ["all", "--write"]).exit_code == 0
    written = json.loads((scripts / "results.json").read_text())
    assert [result["name"] for result in written] == ["counting-up"]
    page = (tmp_path / "docs/reference/benchmarks.md").read_text()
    assert "| counting-up | 1,234 rows/s | bare: 987 | 1.25 | ≤ 2 | yes | 12.3 | 590,000 |" in page
    assert "- counting-up: rounds (a 987 / 12.5)" in page
    assert "Machine: cpu x, cores 2" in page


def test_a_benchmark_that_breaks_takes_no_others_figures_along(scripts, tmp_path):
    broken = 'NAME = "a-breaking"\n\ndef run():\n    raise OSError\n'
    (scripts / "a_breaking.py").write_text(broken)
    shown = CliRunner().invoke(bench, ["all", "--write"])
    assert shown.exit_code == 1
    assert "a-breaking: status 1" in shown.stderr
    written = json.loads((scripts / "results.json").read_text())
    assert [result["name"] for result in written] == ["counting-up"]


def test_one_measured_again_replaces_its_own_line_only(scripts, tmp_path):
    other = GOOD.replace("counting-up", "b-other").replace(
        '"rows"', '"worker": {"p99_ms": 13}, "rows"'
    )
    (scripts / "b_other.py").write_text(other)
    CliRunner().invoke(bench, ["all", "--write"])
    (scripts / "counting_up.py").write_text(GOOD.replace("1234.5", "2000"))
    CliRunner().invoke(bench, ["counting-up", "--write"])
    page = (tmp_path / "docs/reference/benchmarks.md").read_text()
    assert "| counting-up | 2,000 rows/s" in page
    assert "| b-other | 1,234 rows/s" in page
    assert "- b-other: worker (p99 ms 13)" in page


def test_the_machine_is_named():
    machine = describe()
    assert machine["cpu"]
    assert machine["postgresql"].startswith("18.")
    assert machine["python"].startswith("3.")


def test_peak_memory_sees_children_that_are_gone():
    eater = "b = bytearray(200 << 20); import time; time.sleep(1)"
    with PeakMemory() as memory:
        subprocess.run([sys.executable, "-c", eater], check=True)
    assert memory.peak_mib > 200
