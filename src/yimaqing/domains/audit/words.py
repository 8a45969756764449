"""The trail in its reader's words, gathered from what every domain's ``acts`` module says.

All are optional there: ``ACTS`` (action → word), ``ACTORS`` (``system:targets`` → what acted),
``PURPOSES`` (action → the purposes that the product itself writes there → word: what somebody
typed stays as typed), ``SUBJECTS`` (kind → word), ``NAMES`` (kind → function of entries that
names their subjects by entry), ``FIELDS`` (key of before and after → word; None: an internal
number, left out), ``VALUES`` (key → function that says a value).
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from yimaqing.domains.audit.models import Entry
from yimaqing.kit.plugins import plugins

MOST_LISTED = 20
#: Keys whose values are days: an address that looks like one is shown as it was typed.
_DAYS = re.compile(r"(^|_)(on|from|to|until|day)$")

Word = str | Promise


def acts() -> dict[str, Word]:
    """What each action is called."""
    return _gathered("ACTS")


class Wording:
    """Words for a page of entries; a query for each kind of subject that is named."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._acts = acts()
        self._actors = _gathered("ACTORS")
        self._purposes = _gathered("PURPOSES")
        self._subjects = _gathered("SUBJECTS")
        self._fields = _gathered("FIELDS")
        self._values = _gathered("VALUES")
        self._names: dict[int, str] = {}
        for kind, names_of in _gathered("NAMES").items():
            if held := [e for e in entries if e.subject_kind == kind]:
                self._names |= names_of(held)

    def act(self, entry: Entry) -> str:
        """What was done; the action itself where no enabled domain names it."""
        return str(self._acts.get(entry.action, entry.action))

    def actor(self, entry: Entry) -> str:
        """Who acted, where it was no user whose name is known."""
        kind, _colon, what = entry.actor.partition(":")
        if entry.actor in self._actors:
            word = str(self._actors[entry.actor])
            return _("系统（%(what)s）") % {"what": word} if kind == "system" else word
        return _("系统（%(what)s）") % {"what": what} if kind == "system" else entry.actor

    def purpose(self, entry: Entry) -> str:
        """Why: the product's own purposes in words; ``other: …`` and the rest as typed."""
        known = self._purposes.get(entry.action, {})
        slug, _colon, note = entry.purpose.partition(": ")
        if note and slug in known:
            return note
        return str(known.get(entry.purpose, entry.purpose))

    def subject(self, entry: Entry) -> str:
        """To what: its kind, and its name where it has one that people know."""
        kind = str(self._subjects.get(entry.subject_kind, entry.subject_kind))
        return f"{kind} {self._names.get(entry.pk, '')}".strip()

    def facts(self, values: Mapping[str, Any] | None) -> list[tuple[str, str]]:
        """``before`` or ``after`` as labels and values, without internal numbers."""
        return [
            (self._label(key), self._value(key, value))
            for key, value in (values or {}).items()
            if self._fields.get(key, key) is not None
        ]

    def _label(self, key: str) -> str:
        return str(self._fields.get(key) or self._subjects.get(key) or key)

    def _value(self, key: str, value: Any) -> str:
        if key in self._values and value not in (None, ""):
            return str(self._values[key](value))
        return plain(value, key)


def raw(entry: Entry) -> str:
    """The entry as it is kept and sealed, for who compares it with `yimaqing audit verify`."""
    says = {"before": entry.before, "after": entry.after}
    parts = [f"#{entry.pk}", entry.action, entry.actor]
    if entry.subject_kind:
        parts.append(f"{entry.subject_kind}:{entry.subject_id}")
    parts += [json.dumps({k: v}, ensure_ascii=False) for k, v in says.items() if v]
    return " · ".join(parts)


def plain(value: Any, key: str = "") -> str:
    """A value without words of its own: yes and no, days (by their key), lists and pairs."""
    if value is None or value in ("", [], {}):
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, Mapping):
        return "、".join(f"{k} {plain(v, k)}" for k, v in value.items())
    if isinstance(value, list):
        more = ["…"] if len(value) > MOST_LISTED else []
        return "、".join([plain(v, key) for v in value[:MOST_LISTED]] + more)
    if isinstance(value, str) and _DAYS.search(key):
        with suppress(ValueError):  # what stands in a sealed entry stands there for good
            return date_format(dt.datetime.strptime(value, "%Y-%m-%d").date(), "DATE_FORMAT")
    return str(value)


def _gathered(name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for module in plugins("acts"):
        found.update(getattr(module, name, {}))
    return found
