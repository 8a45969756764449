"""Every permission asked for is held by some role, and every one that a role holds is asked for."""

import ast
import re
from pathlib import Path

from yimaqing.config.domains import DOMAINS
from yimaqing.domains.accounts.roles import ROLES

SOURCE = Path(__file__).parents[2] / "src" / "yimaqing"
SLUG = re.compile(rf"(?:{'|'.join(DOMAINS)})\.[a-z_]+")
ASKING = {"may", "require", "scope_of"}
HELD = frozenset().union(*(role.permissions for role in ROLES.values()))


def trees():
    for path in sorted(SOURCE.rglob("*.py")):
        if not {"tests", "migrations"} & set(path.parts) and path.name != "roles.py":
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def slugs(node):
    return {
        n.value
        for n in ast.walk(node)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and SLUG.fullmatch(n.value)
    }


def asked_for(path, tree):
    """Slugs that stand where only a permission can stand."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in ASKING:
                yield from slugs(node)
        elif isinstance(node, ast.Compare) and "permissions" in ast.unparse(node.comparators[0]):
            yield from slugs(node.left)
        elif is_named_permission(node) or (
            path.name == "permissions.py" and isinstance(node, ast.Assign)
        ):
            yield from slugs(node)


def is_named_permission(node):
    return isinstance(node, ast.keyword) and node.arg == "permission"


def test_every_permission_asked_for_is_held_by_a_role():
    unknown = {
        (str(path.relative_to(SOURCE)), slug)
        for path, tree in trees()
        for slug in asked_for(path, tree)
        if slug not in HELD
    }
    assert unknown == set()


def test_every_permission_of_a_role_is_asked_for_somewhere():
    named = set().union(*(slugs(tree) for _path, tree in trees()))
    assert set(HELD - named) == set()


def test_every_constant_of_a_permission_is_used():
    """A name in a domain's permissions.py that nobody reads would hide an unguarded page."""
    unused = []
    for path, tree in trees():
        if path.name != "permissions.py":
            continue
        others = [
            p.read_text(encoding="utf-8")
            for p in path.parent.rglob("*.py")
            if p != path and "tests" not in p.parts
        ]
        for node in tree.body:
            if isinstance(node, ast.Assign) and slugs(node.value):
                (target,) = node.targets
                name = ast.unparse(target)
                used = re.compile(rf"\b(?:permissions\.)?{name}\b")
                if not any("permissions" in text and used.search(text) for text in others):
                    unused.append(f"{path.relative_to(SOURCE)}: {name}")
    assert unused == []


def test_a_slug_that_nobody_holds_would_be_seen():
    tree = ast.parse('may(user, "registry.rewrite", place)')
    assert set(asked_for(Path("x.py"), tree)) == {"registry.rewrite"}
    assert "registry.rewrite" not in HELD
