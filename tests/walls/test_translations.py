"""Every sentence that a user may read has its English."""

import ast
import re
from pathlib import Path

from babel.messages.pofile import read_po

SOURCE = Path(__file__).parents[2] / "src" / "yimaqing"
CALLS = {"_", "_lazy", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
TRANSLATE = re.compile(r"{%\s*(?:translate|trans)\s+\"([^\"]+)\"")
BLOCK = re.compile(
    r"{%\s*blocktrans(?:late)?(?P<options>[^%]*)%}(?P<text>.*?){%\s*(?:plural|endblocktrans)",
    re.DOTALL,
)
JINJA = re.compile(r"_\(\"([^\"]+)\"\)")
JINJA_BLOCK = re.compile(r"{%-?\s*trans\b[^%]*%}(.*?){%-?\s*(?:pluralize|endtrans)", re.DOTALL)
VARIABLE = re.compile(r"{{\s*([\w.]+)[^}]*}}")


def english():
    known = {}
    for path in SOURCE.rglob("locale/en/LC_MESSAGES/django.po"):
        with path.open("rb") as file:
            for message in read_po(file):
                key = message.id[0] if isinstance(message.id, tuple) else message.id
                text = message.string
                known[key] = all(text.values()) if isinstance(text, dict) else bool(text)
    return known


def in_python(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and node.args):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        first = node.args[0]
        if name in CALLS and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value


def in_template(path):
    text = path.read_text(encoding="utf-8")
    yield from TRANSLATE.findall(text)
    for match in BLOCK.finditer(text):
        body = match["text"]
        if "trimmed" in match["options"]:
            body = " ".join(line.strip() for line in body.strip().splitlines())
        yield VARIABLE.sub(lambda m: f"%({m[1]})s", body)


def in_jinja(path):
    text = path.read_text(encoding="utf-8")
    yield from JINJA.findall(text)
    for body in JINJA_BLOCK.findall(text):
        yield VARIABLE.sub(lambda m: f"%({m[1]})s", body)


def test_every_sentence_has_its_english():
    known = english()
    missing = set()
    for path in SOURCE.rglob("*"):
        if "tests" in path.parts or "node_modules" in path.parts:
            continue
        if path.suffix == ".py":
            missing |= {(path.name, s) for s in in_python(path) if not known.get(s)}
        elif path.suffix == ".html":
            missing |= {(path.name, s) for s in in_template(path) if not known.get(s)}
        elif path.suffix == ".jinja":
            missing |= {(path.name, s) for s in in_jinja(path) if not known.get(s)}
    assert sorted(missing) == []
