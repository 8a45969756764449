"""Files of a batch that are taken out: the original, and the workbook of its errors."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import BinaryIO
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yimaqing.domains.intake.originals import (
    NotKept,
    PurposeMissing,
    is_kept,
    log_opening,
    open_original,
)
from yimaqing.domains.intake.reading import FileUnusable
from yimaqing.domains.intake.tasks import ask_for_a_workbook
from yimaqing.domains.intake.views.access import batch_or_404, importer_only, user_of
from yimaqing.domains.intake.workbook.making import AT_ONCE_ROWS, make, opened
from yimaqing.kit.files import CHUNK_BYTES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@importer_only
@require_POST
def original(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    """The file as it was sent; why it is opened is written down."""
    held = batch_or_404(batch_id)
    try:
        file = open_original(
            batch=held, by=user_of(request), purpose=request.POST.get("purpose", "")
        )
    except (PurposeMissing, NotKept) as error:
        messages.error(request, str(error))
        return redirect("intake:batch", batch_id)
    return _download(file, held.file_name, "application/octet-stream")


@importer_only
@require_POST
def error_workbook(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    """The user's own rows with the bad cells coloured; a large one is made by a job first."""
    held = batch_or_404(batch_id)
    try:
        file = opened(held)
    except FileNotFoundError:
        if held.rows_total > AT_ONCE_ROWS and is_kept(held):
            ask_for_a_workbook(held.pk)
            messages.info(request, _("正在制作错误工作簿，约一分钟后再点一次下载。"))
            return redirect("intake:batch", batch_id)
        try:
            make(held)
        except (FileUnusable, FileNotFoundError):
            messages.error(request, _("原文件无法读取，不能制作错误工作簿。"))
            return redirect("intake:batch", batch_id)
        file = opened(held)
    log_opening(
        batch=held,
        by=user_of(request),
        purpose=_("改正导入错误"),
        action="intake.error_workbook_opened",
    )
    stem = held.file_name.rpartition(".")[0] or held.file_name
    return _download(file, f"{stem}-{_('错误')}.xlsx", XLSX)


def _download(file: BinaryIO, name: str, kind: str) -> HttpResponse | StreamingHttpResponse:
    response = StreamingHttpResponse(_pieces(file), content_type=kind)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "no-store"
    return response


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        yield from iter(partial(file.read, CHUNK_BYTES), b"")
