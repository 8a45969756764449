"""The lists and the ways to search that the enabled domains describe."""

from __future__ import annotations

from functools import cache

from yimaqing.kit.listing import Listing, Search
from yimaqing.kit.plugins import plugins


class UnknownListing(LookupError):
    """There is no list of that name; the message says which there are."""


@cache
def listings() -> dict[str, Listing]:
    """Every list by its slug, in the order of the domains, the register first."""
    found = [one for module in plugins("lists") for one in getattr(module, "listings", ())]
    return {one.slug: one for one in sorted(found, key=lambda one: one.place_in_menu)}


def listing(slug: str) -> Listing:
    """The list of that name; raise UnknownListing."""
    try:
        return listings()[slug]
    except KeyError as error:
        raise UnknownListing(f"{slug}? 有 there are: {', '.join(listings())}") from error


@cache
def searches() -> tuple[Search, ...]:
    """Every way to search, in the order of the domains."""
    return tuple(one for module in plugins("lists") for one in getattr(module, "searches", ()))
