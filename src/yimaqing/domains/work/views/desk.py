"""The officer's desk, which is the worker's day on a phone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import names_of_users
from yimaqing.domains.places.queries import full_names, names_of, needs_village, path_of
from yimaqing.domains.work.kinds import kinds
from yimaqing.domains.work.models import Todo
from yimaqing.domains.work.queries import (
    Desk,
    Reach,
    decisions,
    desk_counts,
    history_of,
    page_of,
)
from yimaqing.domains.work.queries.desk import DATES, QUEUES
from yimaqing.domains.work.views.asking import (
    Address,
    Unit,
    chosen_place,
    home_of,
    next_digits,
    prefix_of,
)
from yimaqing.domains.work.wording import (
    DATE_WORDS,
    QUEUE_EMPTY,
    QUEUE_WORDS,
    due_words,
    lines_of,
    rule_words,
    told,
)
from yimaqing.kit.ids import whole_number
from yimaqing.ui.news import PACE, PACE_ABOVE, answer_news

PAGE = 50
#: Queues that say who else has it are shown only when they hold something.
_ALWAYS = {"waiting", "overdue", "week", "free", "done"}


@dataclass(frozen=True)
class _Seen:
    """What of the desk is shown at an address."""

    reach: Reach
    home: Unit | None
    place: Unit | None
    counts: Desk
    page: list[Todo]

    @staticmethod
    def at(user: Any, address: Address) -> _Seen:
        """Raise PermissionDenied for who acts nowhere."""
        reach = Reach.of(user)
        home, place = home_of(reach), chosen_place(address.place)
        asked = address.asked(place)
        counts = desk_counts(reach, asked, next_digits(place or home))
        return _Seen(reach, home, place, counts, page_of(reach, asked, PAGE + 1))

    @property
    def state(self) -> str:
        """A word that changes whenever a count does, or a line of the list."""
        lines = [(one.pk, one.hands, one.holder_id, one.due_on) for one in self.page]
        told = (timezone.localdate(), sorted(self.counts.groups, key=repr), lines)
        return hashlib.sha256(repr(told).encode()).hexdigest()[:20]


@login_required
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Queues, the list of one of them, and the to-do that is open."""
    return show_desk(request, Address.read(request.GET.dict()))


@require_GET
def news(request: HttpRequest) -> HttpResponse:
    """The desk, once it is not as the reader sees it."""
    address = Address.read(request.GET.dict())
    return answer_news(
        request,
        lambda: _Seen.at(request.user, address).state,
        lambda: show_desk(request, address),
    )


@login_required
@require_GET
def opened(request: HttpRequest, todo_id: int) -> HttpResponse:
    """One to-do: a part of the desk for its script, a way to the desk for anybody else."""
    address = Address.read(request.GET.dict())
    if not request.headers.get("HX-Request"):
        return redirect(address.link(open=str(todo_id)))
    Reach.of(request.user)
    return render(request, "work/_opened.html", _opened(request, todo_id, address))


def show_desk(
    request: HttpRequest, address: Address, *, error: str = "", words: str = ""
) -> HttpResponse:
    """The page; with ``error`` it says why a decision was refused, and keeps what was typed."""
    seen = _Seen.at(request.user, address)
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - Reach.of has refused anybody else
    page, reach = seen.page, seen.reach
    lines = lines_of(page[:PAGE], user)
    number = whole_number(address.open)
    context: dict[str, Any] = {
        "address": address,
        "lines": [(line, address.link(open=str(line.todo.pk))) for line in lines],
        "shows_holder": any(line.holder or line.is_mine for line in lines),
        "shows_place": needs_village((t.place_code for t in page), reach.ranges),
        "next": _onward(address, page[PAGE - 1]) if len(page) > PAGE else "",
        "first": address.link(after="") if address.after else "",
        "in_the_field": reach.in_the_field,
        "path": address.link(open=""),
        "empty": QUEUE_EMPTY[address.queue],
        "news": "" if address.after else address.news(seen.state),
        "pace": PACE if reach.in_the_field else PACE_ABOVE,
        "updated": timezone.localtime() if "seen" in request.GET else None,
        **_rail(address, seen.counts, seen.home, seen.place),
    }
    if number is not None:
        context |= _opened(request, number, address, error=error, words=words)
    return render(request, "work/desk.html", context, status=422 if error else 200)


def _rail(address: Address, counts: Desk, home: Unit | None, place: Unit | None) -> dict[str, Any]:
    known = kinds()
    queues = [
        (word, address.link(queue=queue, due=""), counts.of_queue(queue), queue == address.queue)
        for queue, word in QUEUE_WORDS.items()
    ]
    return {
        "queues": [
            row
            for queue, row in zip(QUEUES, queues, strict=True)
            if row[2] or row[3] or queue in _ALWAYS
        ],
        "queue_word": QUEUE_WORDS[address.queue],
        "kinds": [
            (known[slug].short if slug in known else slug, address.link(kind=slug), number, slug)
            for slug, number in counts.by_kind()
        ],
        "no_kind": address.link(kind=""),
        "dates": [
            (DATE_WORDS[due], address.link(due=due), counts.of_date(due), due) for due in DATES
        ],
        "no_date": address.link(due=""),
        "all_dates": counts.of_date(""),
        "waiting": counts.of_queue("waiting"),
        "overdue": counts.of_queue("overdue"),
        "today": counts.of_date("overdue") + counts.of_date("today"),
        "week": counts.of_date("overdue") + counts.of_date("today") + counts.of_date("this_week"),
        **_places(address, counts, home, place),
    }


def _places(
    address: Address, counts: Desk, home: Unit | None, place: Unit | None
) -> dict[str, Any]:
    """The places one level below with their counts, and the way back up to the user's own."""
    here = place or home
    if here is None:
        return {}
    crumbs = []
    if place is not None and home is not None:
        crumbs = [
            (
                p.name,
                ""
                if p.code == place.code
                else address.link(place=p.code if p.code != home.code else ""),
            )
            for p in path_of(place.code)
            if p.level >= home.level
        ]
    found = counts.by_place() if next_digits(here) else {}
    late = counts.overdue_by_place()
    names = names_of({prefix.ljust(12, "0") for prefix in found})
    own = prefix_of(here).ljust(12, "0")
    return {
        "crumbs": crumbs,
        "places": [
            (
                names.get(code := prefix.ljust(12, "0"), code),
                "" if code == own else address.link(place=code),
                late.get(prefix, 0),
                number,
            )
            for prefix, number in found.items()
        ],
    }


def _opened(
    request: HttpRequest, todo_id: int, address: Address, *, error: str = "", words: str = ""
) -> dict[str, Any]:
    """The opened to-do with its context and its buttons."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - asked before
    todo = get_object_or_404(Todo, pk=todo_id)
    can = decisions(todo, user)
    due, is_urgent = due_words(todo)
    names = names_of({one.place_code for one in can.colleagues if one.place_code})
    return {
        "todo": todo,
        "line": lines_of([todo], user)[0],
        "where": full_names([todo.place_code])[todo.place_code],
        "can": can,
        "due": due,
        "is_urgent": is_urgent,
        "rule": rule_words(todo),
        "holder": names_of_users([can.holder_id or 0]).get(can.holder_id or 0, ""),
        "colleagues": [
            (
                one.user.pk,
                _colleague(one.user.display_name, str(one.role), names.get(one.place_code, "")),
            )
            for one in can.colleagues
        ],
        "story": told(todo, history_of(todo)),
        "address": address,
        "back": address.link(open=""),
        "path": address.link(open=str(todo.pk)),
        "error": error,
        "words": words,
    }


def _colleague(name: str, role: str, place: str) -> str:
    return " · ".join(part for part in (name, role, place) if part)


def _onward(address: Address, last: Todo) -> str:
    return address.link(after=f"{last.sorts_at}.{last.pk}", open="")
