"""Reading what users asked of lists, and what an export said of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db.models import Q
from django.http import QueryDict

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import posts_held
from yimaqing.domains.lists.actions import opened
from yimaqing.domains.lists.asking import Question, from_address, from_json, personal
from yimaqing.domains.lists.engine import Bounds
from yimaqing.domains.lists.models import Asked, Export, View
from yimaqing.domains.lists.returning import (
    KEYS,
    MARK,
    PROPERTY,
    Exported,
    Refused,
    Today,
    UnknownExport,
    export_of,
    key_heading,
    seal_of,
    taken_back,
)
from yimaqing.domains.lists.rights import Rights
from yimaqing.domains.places.queries import ancestor_codes, path_of
from yimaqing.kit.crypto import CannotOpen
from yimaqing.kit.ids import subtree_bounds
from yimaqing.kit.listing import Column, Listing
from yimaqing.kit.rowscope import Scope

__all__ = [
    "KEYS",
    "MARK",
    "PROPERTY",
    "Exported",
    "Refused",
    "Today",
    "UnknownExport",
    "export_of",
    "key_heading",
    "seal_of",
    "taken_back",
]


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
        for assignment in posts_held(viewer)
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
