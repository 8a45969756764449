"""A returned list: cells that were changed in the register as well, side by side."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yimaqing.domains.intake.models import Batch, RowError
from yimaqing.domains.intake.queries import column_label, errors_of
from yimaqing.domains.intake.returned.keeping import opened_values
from yimaqing.domains.intake.returned.recognising import MINE
from yimaqing.domains.intake.returned.settling import (
    CONFLICT,
    NothingToSettle,
    conflicts,
    open_conflicts,
    settle,
)
from yimaqing.domains.intake.tasks import ask_for_a_run
from yimaqing.domains.intake.views.access import batch_or_404, importer_only, label_of, user_of
from yimaqing.kit.crypto import keyring
from yimaqing.kit.ids import whole_number

#: Cells that one page asks about; the others keep what the register says, or all are taken.
MOST = 400


@dataclass(frozen=True)
class Line:
    """One cell: as it was exported, as it is registered now, as the list has it."""

    key: int
    row: int
    record: str
    address: str
    column: str
    was: str
    now: str
    mine: str


@importer_only
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Choose for each cell which value counts, and let the list in with that."""
    held = batch_or_404(batch_id)
    user = user_of(request)
    if held.user_id != user.pk:
        raise PermissionDenied
    if request.method == "POST":
        every = request.POST.get("all", "")
        sent = request.POST.getlist("mine") if not every else []
        mine = [number for key in sent[:MOST] if (number := whole_number(key)) is not None]
        try:
            settle(
                batch=held,
                mine=mine,
                by=user,
                everything=every == MINE,
            )
        except NothingToSettle:
            messages.error(request, _("这个批次已经在入库，或已经入库、不可用，没有再做什么。"))
        else:
            ask_for_a_run(held.pk)
            messages.success(request, _("已开始入库。"))
        return redirect("intake:batch", held.pk)
    if not open_conflicts(held):
        return redirect("intake:batch", held.pk)
    found = errors_of(held, code=CONFLICT)[:MOST]
    count = conflicts(held)
    context = {
        "batch": held,
        "label": label_of(held),
        "lines": [_line(held, one) for one in found],
        "count": count,
        "more": max(0, count - MOST),
    }
    return render(request, "intake/returned.html", context)


def _line(held: Batch, error: RowError) -> Line:
    params, address = error.params, str((held.plan or {}).get("address", ""))
    household = params.get("household")
    opened = opened_values(params, keyring(settings.DATA_KEYS))
    was, now, mine = opened or (params.get("was", ""), params.get("now", ""), error.value)
    return Line(
        key=error.pk,
        row=error.row,
        record=params.get("record", ""),
        address=reverse(address, args=[household]) if address and household else "",
        column=column_label(held.dataset, error.column),
        was=was,
        now=now,
        mine=mine,
    )
