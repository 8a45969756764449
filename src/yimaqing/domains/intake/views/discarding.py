"""Asking once more before a batch that waits is discarded."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yimaqing.domains.intake.discarding import is_waiting, may_discard
from yimaqing.domains.intake.tasks import ask_for_an_end
from yimaqing.domains.intake.views.access import batch_or_404, importer_only, label_of, user_of


@importer_only
@require_http_methods(["GET", "POST"])
def ask_to_discard(request: HttpRequest, batch_id: int) -> HttpResponse:
    """What discarding means; answered, a job carries it out."""
    held, user = batch_or_404(batch_id), user_of(request)
    if not may_discard(held, user):
        raise PermissionDenied
    if not is_waiting(held):
        messages.error(request, _("这个批次不在等待，没有什么可放弃。"))
        return redirect("intake:batch", held.pk)
    if request.method == "GET":
        return render(request, "intake/discard.html", {"batch": held, "label": label_of(held)})
    ask_for_an_end(held.pk, user.pk)
    messages.success(request, _("正在放弃这个批次，几秒后生效。"))
    return redirect("intake:batch", held.pk)
