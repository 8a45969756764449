"""The tree keeps its shape: doors, lists, settings, translations, file sizes."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from yimaqing.config.domains import DOMAINS, enabled

SOURCE = Path(__file__).parents[2] / "src" / "yimaqing"
ROOT = SOURCE.parents[1]
DOORS = {"actions", "queries", "events", "tables", "factories"}
PLUGIN_MODULES = {"kit.plugins"}
LONGEST = 300
FORBIDDEN_NAMES = {"utils", "util", "helpers", "common", "base", "misc"}


def modules():
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module, [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, []


def domain_of(path):
    parts = path.relative_to(SOURCE).parts
    return parts[1] if parts[0] == "domains" and len(parts) > 2 else None


def through_a_wall(path, module, names):
    """The foreign module that is imported past the doors, or None."""
    parts = module.split(".")
    if parts[:2] != ["yimaqing", "domains"] or len(parts) < 3 or parts[2] == domain_of(path):
        return None
    door = parts[3] if len(parts) > 3 else (names[0] if names else "")
    return None if door in DOORS else module


def test_domains_import_each_other_only_through_doors():
    config_allowed = SOURCE / "config"
    found = [
        f"{path.relative_to(ROOT)} imports {wall}"
        for path in modules()
        if config_allowed not in path.parents and "tests" not in path.parts
        for module, names in imports_of(path)
        if (wall := through_a_wall(path, module, names)) and not is_type_of_actor(module, names)
    ]
    assert found == []


def is_type_of_actor(module, names):
    """The user is every action's ``by``: its type may be named everywhere."""
    return module == "yimaqing.domains.accounts.models" and names == ["User"]


def test_a_walk_past_a_door_would_be_seen():
    inside = SOURCE / "domains" / "monitoring" / "x.py"
    assert through_a_wall(inside, "yimaqing.domains.registry.models", ["Household"])
    assert through_a_wall(inside, "yimaqing.domains.registry.queries", ["lines_of"]) is None


def test_every_domain_is_listed_and_every_listed_domain_exists():
    folders = {p.name for p in (SOURCE / "domains").iterdir() if (p / "apps.py").exists()}
    assert folders == set(DOMAINS)
    for name in DOMAINS:
        readme = (SOURCE / "domains" / name / "README.md").read_text(encoding="utf-8")
        assert len(readme.splitlines()) <= 25, f"{name}/README.md: ten lines are enough"


def test_the_program_starts_before_django_does():
    """It reads which home to work on first; settings, and with them every model, come after."""
    loaded = "import sys, yimaqing.config.cli; print(*sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", loaded], check=True, capture_output=True, text=True
    )
    assert "yimaqing.config.doctor.work" in told.stdout.split()
    assert not [name for name in told.stdout.split() if re.fullmatch(r"yimaqing\..*models", name)]


def test_switching_off_needs_a_known_domain_that_is_not_required():
    assert "cockpit" not in enabled("cockpit")
    with pytest.raises(ValueError, match="unknown"):
        enabled("kitchen")
    with pytest.raises(ValueError, match="required"):
        enabled("registry")


def test_every_setting_is_documented_and_read_in_one_place():
    pattern = re.compile(r"YIMAQING_[A-Z_]+")
    read_in = set(pattern.findall((SOURCE / "config" / "settings.py").read_text(encoding="utf-8")))
    documented = set(
        pattern.findall((ROOT / "docs/reference/settings.md").read_text(encoding="utf-8"))
    )
    assert read_in - documented == set()


def test_no_file_is_too_long_or_named_for_nothing():
    too_long = [
        f"{p.relative_to(ROOT)}: {n}"
        for p in modules()
        if (n := len(p.read_text(encoding="utf-8").splitlines())) > LONGEST
    ]
    assert too_long == []
    assert [p for p in modules() if p.stem in FORBIDDEN_NAMES] == []


def test_the_kit_stays_small():
    kit = [p.stem for p in (SOURCE / "kit").glob("*.py") if p.stem != "__init__"]
    assert len(kit) <= 10, kit


def unhashed(packages):
    """Packages of the npm lock without a hash, but for foreign platforms' at the right version."""
    wanted = {
        f"node_modules/{name}": version
        for held in packages.values()
        for name, version in held.get("optionalDependencies", {}).items()
    }
    for path, held in packages.items():
        systems, processors = held.get("os", ["linux"]), held.get("cpu", ["x64"])
        foreign = not {"linux"} & set(systems) or not {"x64", "arm64"} & set(processors)
        excused = foreign or "musl" in path
        if path and "integrity" not in held and not (excused and held["version"] == wanted[path]):
            yield path


def test_what_npm_installs_where_we_deploy_is_checked_by_hash():
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert list(unhashed(lock["packages"])) == []
    assert [path for path, held in lock["packages"].items() if "resolved" in held] == []


def test_a_hash_that_is_missing_would_be_seen():
    parent = {"version": "2", "integrity": "x", "optionalDependencies": {"linux": "2", "mac": "2"}}
    linux = {"version": "2", "os": ["linux"], "cpu": ["x64"]}
    mac = {"version": "2", "os": ["darwin"], "cpu": ["x64"]}
    lock = {"": {}, "node_modules/parent": parent, "node_modules/linux": linux}
    assert list(unhashed(lock | {"node_modules/mac": mac})) == ["node_modules/linux"]
    lock["node_modules/linux"] = linux | {"integrity": "x"}
    assert list(unhashed(lock | {"node_modules/mac": mac})) == []
    assert list(unhashed(lock | {"node_modules/mac": mac | {"version": "1"}}))
