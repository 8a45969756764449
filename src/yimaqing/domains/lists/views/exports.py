"""Exports: asking for one, how far it is, taking it along."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yimaqing.domains.accounts.models import User
from yimaqing.domains.lists.actions import (
    NotAllowed,
    PurposeMissing,
    ask_export,
    cancel_export,
    log_download,
)
from yimaqing.domains.lists.asking import address_part
from yimaqing.domains.lists.catalogue import listings
from yimaqing.domains.lists.engine import all_of, count_of
from yimaqing.domains.lists.models import Export, State
from yimaqing.domains.lists.queries import exports_of
from yimaqing.domains.lists.rights import may_come_back
from yimaqing.domains.lists.running import may_take, run_now
from yimaqing.domains.lists.tasks import ask_for_a_run
from yimaqing.domains.lists.views.reach import reached, user_of
from yimaqing.kit.crypto import keyring
from yimaqing.kit.files import open_stored

#: More rows than these are a job: a request must not take longer than its reader waits.
AT_ONCE = 2_000


@login_required
@require_POST
def export(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for an export of what the address asks; a small one is there at once."""
    reach = reached(request, slug)
    question, bounds = reach.asked(request)
    try:
        asked = ask_export(
            listing=reach.listing,
            question=all_of(question),
            file_format=request.POST.get("format", "xlsx"),
            purpose=request.POST.get("purpose", ""),
            clear=request.POST.get("clear") == "1",
            by=reach.viewer,
        )
    except (PurposeMissing, NotAllowed) as error:
        messages.error(request, str(error))
        return redirect(f"{request.path}../{address_part(reach.listing, question)}")
    except ValueError as error:
        raise Http404 from error
    if count_of(reach.listing, all_of(question), bounds, most=AT_ONCE + 1) <= AT_ONCE:
        run_now(asked, by=reach.viewer)
    else:
        ask_for_a_run(asked)
    return redirect("lists:export", export_id=asked.pk)


@login_required
@require_GET
def exports(request: HttpRequest) -> HttpResponse:
    """The user's exports, newest first."""
    found = exports_of(user_of(request))
    return render(request, "lists/exports.html", {"exports": [_shown(one) for one in found]})


@login_required
@require_GET
def export_page(request: HttpRequest, export_id: int) -> HttpResponse:
    """How far one is; its part alone, when the page asks again."""
    user = user_of(request)
    held = _own(user, export_id)
    shown = _shown(held) | {"returnable": may_come_back(held, user)}
    part = request.headers.get("HX-Request") == "true"
    return render(request, "lists/_export.html" if part else "lists/export.html", shown)


@login_required
@require_GET
def download(request: HttpRequest, export_id: int) -> HttpResponseBase:
    """The file, as a stream, for whom it was made alone."""
    user = user_of(request)
    found = _own(user, export_id)
    path = settings.FILES / found.stored_as
    is_there = found.state == State.DONE and found.stored_as and path.is_file()
    if not is_there or (found.expires_at and found.expires_at < timezone.now()):
        raise Http404
    if not may_take(found, user):
        messages.error(request, _("生成这份文件之后你的任职有变动，请重新导出。"))
        return redirect("lists:export", export_id=export_id)
    log_download(export=found, by=user)
    name = f"{found.listing}-{found.number}.{found.format}"
    file = open_stored(path, keyring(settings.DATA_KEYS))
    response = FileResponse(file, as_attachment=True, filename=name)
    response["Cache-Control"] = "private, no-store"
    response["Content-Length"] = str(found.size)
    return response


@login_required
@require_POST
def cancel(request: HttpRequest, export_id: int) -> HttpResponse:
    """Give it up."""
    user = user_of(request)
    cancel_export(export=_own(user, export_id), by=user)
    return redirect("lists:export", export_id=export_id)


def _own(user: User, export_id: int) -> Export:
    found = Export.objects.filter(pk=export_id, user_id=user.pk).first()
    if found is None:
        raise Http404
    return found


def _shown(export: Export) -> dict[str, object]:
    listing = listings().get(export.listing)
    return {
        "export": export,
        "label": listing.label if listing else export.listing,
        "unit": listing.unit if listing else "",
        "waits": export.state in {State.WAITING, State.RUNNING},
        "ready": export.state == State.DONE,
    }
