"""Two batches of one dataset side by side."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yimaqing.domains.intake.comparing import AT_ONCE_ROWS, NotAlike, compare
from yimaqing.domains.intake.models import Batch
from yimaqing.domains.intake.views.access import batch_or_404, importer_only, label_of
from yimaqing.kit.ids import whole_number

CHOICES = 50


@importer_only
@require_GET
def compared(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The batch against another: chosen first, then rows only in one, and fields that differ."""
    held = batch_or_404(batch_id)
    others = Batch.objects.filter(dataset=held.dataset).exclude(pk=held.pk).order_by("-pk")
    number = whole_number(request.GET.get("with", ""))
    context: dict[str, object] = {
        "batch": held,
        "label": label_of(held),
        "others": list(others[:CHOICES]),
        "chosen": number,
    }
    if number is not None:
        other = others.filter(pk=number).first()
        if other is None:
            raise Http404
        context |= {"other": other, **_held_against(held, other)}
    return render(request, "intake/compare.html", context)


def _held_against(held: Batch, other: Batch) -> dict[str, object]:
    if max(held.rows_total, other.rows_total) > AT_ONCE_ROWS:
        said = _("超过 %(rows)s 行的批次请管理员比较：yimaqing compare %(first)s %(second)s")
        values = {"rows": f"{AT_ONCE_ROWS:,}", "first": held.pk, "second": other.pk}
        return {"error": said % values}
    try:
        return {"found": compare(held, other)}
    except NotAlike:
        return {"error": _("有一个原文件无法再读取，不能比较。")}
