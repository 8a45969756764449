"""Which columns of a list somebody may see, and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import (
    ALL,
    ROLES,
    assignments_of,
    columns_of_each,
    permissions_of,
    posts_held,
    scope_of,
)
from yimaqing.domains.lists.catalogue import listings
from yimaqing.domains.lists.models import Export
from yimaqing.domains.lists.permissions import EXPORT
from yimaqing.kit.ids import subtree_bounds
from yimaqing.kit.listing import Column, Listing
from yimaqing.kit.rowscope import Scope

_BELOW_VILLAGE = 6
#: The right of the door that edited lists come back by.
IMPORT = "intake.import"


@dataclass(frozen=True)
class Rights:
    """Columns of the file that a viewer sees on every row of a list, and on some."""

    everywhere: frozenset[str]
    somewhere: frozenset[str]

    def everywhere_sees(self, column: Column) -> bool:
        """Whether it may be filtered and sorted by: it is open on every row."""
        return not column.right or column.right in self.everywhere

    def sees(self, column: Column) -> bool:
        """Whether it is open on some row."""
        return not column.right or column.right in self.somewhere

    def uneven(self, columns: Iterable[Column]) -> bool:
        """Whether rows differ in what of these columns they show."""
        return any(self.sees(one) and not self.everywhere_sees(one) for one in columns)


#: For the operator's own exports: everything.
EVERYTHING = Rights(ALL, ALL)


def rights_of(viewer: User, permission: str) -> Rights:
    """What the viewer sees where an assignment gives him ``permission``."""
    held = posts_held(viewer, permission)
    # The prefix itself, not a place in it: other assignments add to their own parts alone.
    placed = [
        subtree_bounds(a.place_code, a.place_level or _BELOW_VILLAGE)[0]
        for a in held
        if a.place_code
    ]
    each = columns_of_each(viewer, [(low, None) for low in placed])
    each += [ROLES[a.role].columns or frozenset() for a in held if not a.place_code]
    if any(one is ALL for one in each):
        others = [one for one in each if one is not ALL]
        return Rights(frozenset.intersection(*others) if others else ALL, ALL)
    if not each:
        return Rights(frozenset(), frozenset())
    return Rights(frozenset.intersection(*each), frozenset.union(*each))


def is_open(listing: Listing, viewer: User) -> bool:
    """Whether the list is there for the viewer at all: for menus and for pages."""
    if listing.permission not in permissions_of(viewer):
        return False
    return not listing.right or listing.right in rights_of(viewer, listing.permission).everywhere


def export_scope(listing: Listing, viewer: User) -> Scope:
    """Where one and the same post lets the viewer see the list and take it along.

    What another post of his shows elsewhere is to be looked at, not to be exported.
    """
    return scope_of(viewer, listing.permission, EXPORT)


def may_come_back(export: Export, viewer: User) -> bool:
    """Whether the viewer may send this export's workbook back edited."""
    known = listings().get(export.listing)
    taken = known is not None and known.dataset and export.format == "xlsx"
    return bool(taken) and IMPORT in permissions_of(viewer)


def posts_of(viewer: User) -> dict[str, list[int]]:
    """By what the viewer sees what he sees today: numbers of his posts, households by name."""
    posts = sorted(assignments_of(viewer).values_list("pk", flat=True))
    return {"posts": posts, "households": list(scope_of(viewer).household_ids)}


def holds_still(viewer: User, before: Mapping[str, Any]) -> bool:
    """Whether the viewer holds today all that ``posts_of`` said before."""
    now = posts_of(viewer)
    return bool(before) and all(set(before[name]) <= set(now[name]) for name in now)
