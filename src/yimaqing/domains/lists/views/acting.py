"""What is done from a list: saving a view of it, acting on its rows."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yimaqing.domains.accounts.queries import permissions_of
from yimaqing.domains.lists.actions import NameMissing, remove_view, save_view
from yimaqing.domains.lists.asking import Question, address_part
from yimaqing.domains.lists.engine import all_of, numbers_of
from yimaqing.domains.lists.models import View
from yimaqing.domains.lists.views.reach import Reach, reached, user_of
from yimaqing.kit.ids import whole_number
from yimaqing.kit.listing import Bulk

_LONGEST_REASON = 500


@login_required
@require_POST
def save(request: HttpRequest, slug: str) -> HttpResponse:
    """Save what the address asks under a name."""
    reach = reached(request, slug)
    question, _bounds = reach.asked(request)
    try:
        save_view(
            listing=reach.listing,
            question=all_of(question),
            name=request.POST.get("name", ""),
            shared=request.POST.get("shared") == "1",
            by=reach.viewer,
        )
    except NameMissing as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("视图已保存。"))
    return redirect(_back(slug, address_part(reach.listing, question)))


@login_required
@require_POST
def remove(request: HttpRequest, view_id: int) -> HttpResponse:
    """Forget one of the user's own views."""
    user = user_of(request)
    view = View.objects.filter(pk=view_id, user_id=user.pk).first()
    if view is None:
        raise Http404
    slug = view.listing
    remove_view(view=view, by=user)
    messages.success(request, _("视图已删除。"))
    return redirect(_back(slug, ""))


@login_required
@require_POST
def act(request: HttpRequest, slug: str, bulk_name: str) -> HttpResponse:
    """Do something to the chosen rows, or to all that the address asks for.

    All are asked about once more, with their number; and again where that changed meanwhile.
    """
    reach = reached(request, slug)
    question, bounds = reach.asked(request)
    bulk = next((one for one in reach.listing.bulk if one.name == bulk_name), None)
    if bulk is None:
        raise Http404
    if bulk.permission not in permissions_of(reach.viewer):
        raise PermissionDenied
    chosen = None
    whole = request.POST.get("all") == "1"
    if not whole:
        sent = (whole_number(text) for text in request.POST.getlist("id"))
        chosen = [number for number in sent if number is not None]
    ids = numbers_of(reach.listing, all_of(question), bounds, among=chosen, most=bulk.most + 1)
    if not ids:
        messages.error(request, _("请先选择至少一行。"))
    elif len(ids) > bulk.most:
        messages.error(request, _("一次最多办理 %(most)s 行，请先缩小范围。") % {"most": bulk.most})
    elif whole and whole_number(request.POST.get("sure", "")) != len(ids):
        return _asked_again(request, reach, bulk, question, len(ids))
    else:
        try:
            reason = _reason(request)
            done = bulk.run(ids=ids, reason=reason, by=reach.viewer)
        except ValueError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("已办理 %(done)s 行。") % {"done": done})
    return redirect(_back(slug, address_part(reach.listing, question)))


def _asked_again(
    request: HttpRequest, reach: Reach, bulk: Bulk, question: Question, rows: int
) -> HttpResponse:
    """How many rows that would be, before anything is done to all of them."""
    here = address_part(reach.listing, question)
    context = {
        "listing": reach.listing,
        "bulk": bulk,
        "rows": rows,
        "changed": bool(request.POST.get("sure")),
        "reason": _reason(request),
        "here": here,
        "back": _back(reach.listing.slug, here),
    }
    return render(request, "lists/sure.html", context)


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "")[:_LONGEST_REASON]


def _back(slug: str, part: str) -> str:
    return reverse("lists:page", args=[slug]) + part
