"""What an address of the desk asks for, and addresses that ask for something else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlencode, urlsplit

from django.http import HttpRequest
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme

from yimaqing.domains.places.queries import path_of, place_around
from yimaqing.domains.work.queries.desk import DATES, QUEUES, Asked, Reach
from yimaqing.kit.ids import PREFIX_LENGTH, place_prefix, subtree_bounds, whole_number

_LAST, _DIGITS = max(PREFIX_LENGTH), max(PREFIX_LENGTH.values())


@dataclass(frozen=True)
class Unit:
    """A place of the desk."""

    code: str
    name: str
    level: int


@dataclass(frozen=True)
class Address:
    """A desk's address: queue, kind, date, place, page, and which to-do is open."""

    queue: str = "waiting"
    kind: str = ""
    due: str = ""
    place: str = ""
    after: str = ""
    open: str = ""

    @staticmethod
    def read(given: Mapping[str, str]) -> Address:
        """What is not known is left out."""
        queue, due = given.get("queue", ""), given.get("due", "")
        return Address(
            queue=queue if queue in QUEUES else "waiting",
            kind=given.get("kind", "")[:100],
            due=due if due in DATES else "",
            place=given.get("place", "")[:20],
            after=given.get("after", "")[:60],
            open=given.get("open", "")[:20],
        )

    def link(self, **changes: str) -> str:
        """The address with something changed; the page begins anew unless that is it."""
        fresh = {} if "after" in changes or set(changes) == {"open"} else {"after": "", "open": ""}
        other = replace(self, **(fresh | changes))
        asked = {name: value for name, value in vars(other).items() if value}
        if other.queue == "waiting":
            asked.pop("queue")
        return reverse("work:list") + ("?" + urlencode(asked) if asked else "")

    @property
    def query(self) -> str:
        """What stands behind the address of a part of the page, so that it leads back here."""
        _path, mark, asked = self.link(open="").partition("?")
        return mark + asked

    def news(self, state: str) -> str:
        """Where the page asks whether it still is as it was."""
        mark = "&" if self.query else "?"
        return f"{reverse('work:news')}{self.query}{mark}{urlencode({'seen': state})}"

    def asked(self, place: Unit | None) -> Asked:
        """The same for the queries."""
        return Asked(
            queue=self.queue,
            kind=self.kind,
            due=self.due,
            within=subtree_bounds(place.code, place.level) if place else None,
            after=_key(self.after, self.queue),
        )


def _key(text: str, queue: str) -> tuple[str, int] | None:
    """The key of the last to-do shown, as ``2026-11-22.17``; None when it is no such key."""
    at, _dot, number = text.rpartition(".")
    last = whole_number(number)
    try:
        known = parse_datetime(at) if queue == "done" else parse_date(at)
    except ValueError:
        return None
    return (at, last) if known is not None and last is not None else None


def home_of(reach: Reach) -> Unit | None:
    """The narrowest place that holds the whole reach; None for households by name."""
    if not reach.ranges:
        return None
    low, high = min(reach.ranges)[0], max(reach.ranges)[1]
    last = high[:-1] + chr(ord(high[-1]) - 1)
    found = place_around(low.ljust(_DIGITS, "0"), last.ljust(_DIGITS, "0"))
    return Unit(found.code, found.name, found.level) if found else None


def chosen_place(code: str) -> Unit | None:
    """The place that an address narrows the desk to."""
    found = next((p for p in reversed(path_of(code)) if p.code == code), None) if code else None
    return Unit(found.code, found.name, found.level) if found else None


def next_digits(place: Unit | None) -> int:
    """How many digits tell the places one level below apart; 0 below a village."""
    level = place.level if place else 0
    return PREFIX_LENGTH[level + 1] if 0 < level < _LAST else 0


def prefix_of(place: Unit) -> str:
    """What the codes of the place begin with."""
    return place_prefix(place.code, place.level)


def came_from(request: HttpRequest) -> str:
    """The address that a form came from, if it is ours."""
    onward = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        onward, {request.get_host()}, require_https=request.is_secure()
    )
    return onward if ours else reverse("work:list")


def address_in(onward: str) -> Address:
    """The desk's address in an address."""
    return Address.read({k: v[-1] for k, v in parse_qs(urlsplit(onward).query).items()})
