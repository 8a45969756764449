"""Who may open intake's pages, and which batch an address means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import lost_since, require
from yimaqing.domains.intake import permissions
from yimaqing.domains.intake.catalogue import AUTO, datasets
from yimaqing.domains.intake.models import Batch
from yimaqing.kit.rowscope import Scope, set_scope

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def importer_only(view: View[P]) -> View[P]:
    """Only for users whose role imports somewhere, and only batches of there are seen: another
    role of the user may reach further.

    What one sent oneself is seen wherever it belongs, until the post ended by which it was sent.
    """

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        scope = require(user_of(request), permissions.IMPORT)
        request.scope = scope  # type: ignore[attr-defined] # errors_file streams within it
        set_scope(scope)
        if _left_behind(user_of(request), scope, kwargs):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def _left_behind(user: User, scope: Scope, named: Mapping[str, Any]) -> bool:
    """Whether the batch, or the undo's, that an address names belongs to a post that ended."""
    if "undo_id" in named:
        found = Batch.objects.filter(undos=named["undo_id"])
    elif "batch_id" in named:
        found = Batch.objects.filter(pk=named["batch_id"])
    else:
        return False
    held = found.first()
    return (
        held is not None
        and not scope.covers(held.place_code)
        and lost_since(user, permissions.IMPORT, held.received_at)
    )


def user_of(request: HttpRequest) -> User:
    """Who asks. Raise PermissionDenied for nobody."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def batch_or_404(batch_id: int) -> Batch:
    """A batch within scope; 404 hides whether there is one elsewhere."""
    batch = Batch.objects.filter(pk=batch_id).first()
    if batch is None:
        raise Http404
    return batch


def label_of(held: Batch) -> str:
    """What a batch's dataset is called."""
    if held.dataset == AUTO:
        return _("从文件里认")
    kind = datasets().get(held.dataset)
    return capfirst(_(kind.label)) if kind else held.dataset
