"""Reading what users asked of lists, and what an export said of its rows."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import QueryDict

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import assignments_of
from yimaqing.domains.lists.actions import opened
from yimaqing.domains.lists.asking import Question, from_address, from_json, personal
from yimaqing.domains.lists.catalogue import listings
from yimaqing.domains.lists.engine import Bounds
from yimaqing.domains.lists.models import Asked, Export, State, View
from yimaqing.domains.lists.rights import Rights
from yimaqing.domains.places.queries import ancestor_codes, path_of
from yimaqing.kit.crypto import CannotOpen, keyring
from yimaqing.kit.files import open_stored
from yimaqing.kit.ids import subtree_bounds, whole_number
from yimaqing.kit.listing import Column, Listing
from yimaqing.kit.rowscope import Scope

KEYS = "keys"
_PIECE = 64 * 1024


class UnknownExport(LookupError):
    """There is no such export, or what it said is no longer kept."""


@dataclass(frozen=True)
class Exported:
    """What an export said: ``columns`` are names of the list's columns, which a dataset of the
    name ``dataset`` has too where it takes them back. ``rows`` gives (number of the record,
    values as written into the file).
    """

    export: Export
    listing: Listing
    columns: tuple[str, ...]

    @property
    def dataset(self) -> str:
        """Name of the dataset that takes rows of this list back; empty when none does."""
        return self.listing.dataset

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        """Every row in the order of the file, as a stream."""
        path = settings.FILES / f"{self.export.stored_as}.{KEYS}"
        lines = _lines(path)
        next(lines)
        for line in lines:
            number, values = json.loads(line)
            yield number, values


def export_of(number: str) -> Exported:
    """An export by the number on its pages (DC00000012). Raise UnknownExport."""
    digits = whole_number(number.strip().upper().removeprefix("DC"))
    export = Export.objects.filter(pk=digits, state=State.DONE).first() if digits else None
    if export is None or export.listing not in listings():
        raise UnknownExport(number)
    path = settings.FILES / f"{export.stored_as}.{KEYS}"
    if not path.is_file():
        raise UnknownExport(number)
    columns = tuple(json.loads(next(_lines(path))))
    return Exported(export, listings()[export.listing], columns)


def _lines(path: Any) -> Iterator[bytes]:
    unpacked = zlib.decompressobj()
    rest = b""
    with open_stored(path, keyring(settings.DATA_KEYS)) as file:
        while piece := file.read(_PIECE):
            *whole, rest = (rest + unpacked.decompress(piece)).split(b"\n")
            yield from whole
    yield from (rest + unpacked.flush()).splitlines()


def asked(listing: Listing, sent: QueryDict, viewer: User, rights: Rights) -> Question:
    """The question of an address with its kept part, without what the viewer may not ask."""
    question = from_address(listing, sent)
    if question.token:
        kept = Asked.objects.filter(
            token=question.token, user_id=viewer.pk, listing=listing.slug
        ).first()
        question = replace(question, token=question.token if kept else "")
        if kept:
            held = from_json(listing, opened(kept.question_sealed))
            filters = {**question.filters, **personal(listing, held)}
            question = replace(question, filters=filters)
    return allowed(listing, question, rights)


def allowed(listing: Listing, question: Question, rights: Rights) -> Question:
    """The question without filters over columns that are not open on every row."""
    filters = {
        name: values
        for name, values in question.filters.items()
        if (column := listing.column(name)) and rights.everywhere_sees(column)
    }
    return replace(question, filters=filters)


def columns_open(listing: Listing, rights: Rights) -> list[Column]:
    """The columns that the viewer sees on some row at least."""
    return [one for one in listing.columns if rights.sees(one)]


def bounds_of(place_code: str, scope: Scope | None = None) -> Bounds | None:
    """The range of a place and all below it; else what a scope says in one range or by name.

    None: wherever the scope reaches.
    """
    path = path_of(place_code) if place_code else []
    if path and path[-1].code == place_code:
        return Bounds(*subtree_bounds(place_code, path[-1].level))
    if scope and len(scope.ranges) == 1 and not scope.household_ids:
        return Bounds(*scope.ranges[0])
    if scope and scope.household_ids and not scope.ranges:
        return Bounds(households=scope.household_ids)
    return None


def views_of(listing: Listing, viewer: User) -> list[View]:
    """The viewer's own views of a list, and those shared with a place that he holds a post at."""
    above = {
        code
        for assignment in assignments_of(viewer)
        if assignment.place_code
        for code in ancestor_codes(assignment.place_code)
    }
    mine = Q(user_id=viewer.pk) | Q(shared_with__in=above)
    return list(View.objects.filter(mine, listing=listing.slug).order_by("name", "pk"))


def question_of_view(listing: Listing, view: View) -> Question | None:
    """What a view asks; None when its key is gone."""
    try:
        return from_json(listing, opened(view.question_sealed))
    except CannotOpen:
        return None


def exports_of(viewer: User, most: int = 50) -> Sequence[Export]:
    """The viewer's exports, newest first."""
    return list(Export.objects.filter(user_id=viewer.pk).order_by("-id")[:most])
