"""Reading the trail, within the scope of the connection."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TypeAlias

from django.db.models import Q, QuerySet

from yimaqing.domains.audit.models import Entry
from yimaqing.domains.audit.words import Wording, acts, raw
from yimaqing.kit.rowscope import Scope, for_a_moment

__all__ = ["Entry", "Span", "Wording", "acts", "entries", "openings_of", "raw"]

#: Place codes from ``low`` to before ``high``, and the day before which that counts (None: always).
Span: TypeAlias = tuple[str, str, dt.date | None]

#: How the names of acts end that show a household's file to somebody; see the README.
OPENINGS = ("opened", "unmasked", "scanned", "exported", "printed")


def entries(
    *,
    places: Sequence[Span] | None = None,
    user_id: int | None = None,
    household_id: int | None = None,
    action: str = "",
    before_id: int | None = None,
) -> QuerySet[Entry]:
    """Entries, newest first; the next page begins ``before_id`` the last one shown.

    ``places`` are half-open ranges of place codes, each perhaps with the day before which it
    counts; an empty sequence means no place at all.
    ``action`` is a whole name, or the beginning of one when it ends in a dot.
    """
    found = Entry.objects.order_by("-id")
    if places is not None:
        inside = Q(pk__in=[])
        for low, high, before in places:
            span = Q(place_code__gte=low, place_code__lt=high)
            inside |= span & Q(at__date__lt=before) if before else span
        found = found.filter(inside)
    if user_id is not None:
        found = found.filter(user_id=user_id)
    if household_id is not None:
        found = found.filter(household_id=household_id)
    if action:
        found = found.filter(
            Q(action__startswith=action) if action.endswith(".") else Q(action=action)
        )
    return found if before_id is None else found.filter(pk__lt=before_id)


def last_opening(household_id: int, user_id: int, *, before: dt.datetime) -> dt.datetime | None:
    """When a user last opened the household's file before an instant; None if never."""
    found = Entry.objects.filter(
        household_id=household_id, user_id=user_id, action="registry.file_opened", at__lt=before
    )
    with for_a_moment(Scope.everything()):
        return found.order_by("-id").values_list("at", flat=True).first()


def openings_of(household_id: int, *, size: int = 50) -> list[Entry]:
    """Who opened the household's file, when and why: newest first.

    The caller shows the household. Its entries are seen wherever it lived when they were
    written: they keep the place code of their day, which a move or a recode left behind.
    """
    ends = Q()
    for verb in OPENINGS:
        ends |= Q(action__endswith=verb)
    found = Entry.objects.filter(ends, household_id=household_id).order_by("-id")[:size]
    with for_a_moment(Scope.everything()):
        return list(found)
