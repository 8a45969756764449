"""Lock files are complete, so that a clean clone installs what was tested."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).resolve().parents[4]
KEY = "optionalDependencies"


def test_the_npm_lock_names_every_platform_s_package():
    # npm drops those that the registry at hand does not carry, and then refuses its own lock
    packages = json.loads((REPOSITORY / "package-lock.json").read_text())["packages"]
    names = {path.rpartition("node_modules/")[2] for path in packages}
    wanted = {name for package in packages.values() for name in package.get(KEY, {})}
    assert wanted <= names


def test_the_python_lock_holds_what_pyproject_asks_for():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    asked = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    locked = {}
    for line in (REPOSITORY / "requirements.lock").read_text().splitlines():
        if "==" in line and not line.startswith((" ", "#")):
            name, _, version = line.partition("==")
            locked[canonicalize_name(name)] = version.split()[0].rstrip("\\;")
    for text in asked:
        requirement = Requirement(text)
        version = locked[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), text
