"""Every sentence of a scanned card has its English; the wall test reads Django's templates."""

from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po

SOURCE = Path(__file__).parents[3]


def english():
    known = set()
    for path in SOURCE.rglob("locale/en/LC_MESSAGES/django.po"):
        with path.open("rb") as file:
            for message in read_po(file):
                singular = message.id[0] if isinstance(message.id, tuple) else message.id
                if message.string and all(message.string):
                    known.add(singular)
    return known


def spoken(path):
    with path.open("rb") as file:
        for _, message, *_ in extract("jinja2", file, options={"newstyle_gettext": "true"}):
            yield message[0] if isinstance(message, tuple) else message


def test_every_sentence_of_a_card_has_its_english():
    templates = sorted(SOURCE.rglob("scan/*.jinja"))
    assert len(templates) > 8
    known = english()
    missing = {(t.name, s) for t in templates for s in spoken(t) if s not in known}
    assert sorted(missing) == []
