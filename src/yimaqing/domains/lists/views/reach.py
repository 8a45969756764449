"""Who asks, which list, and what of it he may see."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import require
from yimaqing.domains.lists.asking import Question
from yimaqing.domains.lists.catalogue import UnknownListing, listing
from yimaqing.domains.lists.engine import Bounds
from yimaqing.domains.lists.queries import asked, bounds_of, columns_open
from yimaqing.domains.lists.rights import Rights, rights_of
from yimaqing.kit.listing import Column, Listing
from yimaqing.kit.rowscope import Scope, set_scope


@dataclass(frozen=True)
class Reach:
    """A list as one user may see it; the connection sees no further."""

    listing: Listing
    viewer: User
    scope: Scope
    rights: Rights

    @property
    def columns(self) -> list[Column]:
        """Columns open on some row."""
        return columns_open(self.listing, self.rights)

    def asked(self, request: HttpRequest) -> tuple[Question, Bounds | None]:
        """What the address asks, and where."""
        question = asked(self.listing, request.GET, self.viewer, self.rights)
        return question, bounds_of(question.place, self.scope)


def user_of(request: HttpRequest) -> User:
    """The user who asks; raise PermissionDenied for a stranger."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def reached(request: HttpRequest, slug: str) -> Reach:
    """The list within the scope of its permission. Raise Http404, PermissionDenied."""
    try:
        found = listing(slug)
    except UnknownListing as error:
        raise Http404 from error
    user = user_of(request)
    scope = require(user, found.permission)
    rights = rights_of(user, found.permission)
    if found.right and found.right not in rights.everywhere:
        raise PermissionDenied(_("你的角色不能查看这份名单。"))
    request.scope = scope  # type: ignore[attr-defined] # as the scope middleware sets it
    set_scope(scope)
    return Reach(found, user, scope, rights)
