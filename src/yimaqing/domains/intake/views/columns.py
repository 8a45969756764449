"""The columns page: which of the sheet's columns is which of the dataset's."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from yimaqing.domains.intake.catalogue import datasets
from yimaqing.domains.intake.mapping.alike import alike, carry_on
from yimaqing.domains.intake.mapping.choosing import (
    NothingToChoose,
    choose_columns,
    choose_dataset,
    plan_of,
    settle_again,
)
from yimaqing.domains.intake.mapping.constants import by_name
from yimaqing.domains.intake.mapping.finding import Finding
from yimaqing.domains.intake.mapping.saved import area_of, save_mapping
from yimaqing.domains.intake.mapping.showing import constants_of, lines_of, options_of
from yimaqing.domains.intake.messages import explain
from yimaqing.domains.intake.models import Batch, Mapping, State
from yimaqing.domains.intake.reading import FileUnusable
from yimaqing.domains.intake.tasks import ask_for_a_run
from yimaqing.domains.intake.views.access import batch_or_404, importer_only, label_of, user_of
from yimaqing.kit.crypto import keyring
from yimaqing.kit.rowscope import Scope

#: What a form says: targets by heading, constants by column, words by heading and cell.
Chosen = tuple[dict[str, str], dict[str, str], dict[str, dict[str, str]]]


@importer_only
@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Correct the guess beside samples of the sheet, and let the batch go on."""
    held = _own(request, batch_id)
    if held.state != State.COLUMNS or not held.guess:
        return redirect("intake:batch", held.pk)
    if request.method == "GET":
        return _page(request, held, held.failure or {})
    chosen = targets, constants, words = _chosen(request, held.guess)
    scope: Scope = request.scope  # type: ignore[attr-defined] # set by importer_only
    try:
        ranges = scope.settings()["yimaqing.ranges"]
        finding = Finding(keyring(settings.DATA_KEYS), ranges, "default")
        codes = by_name(held.guess["dataset"], constants, finding)
        plan = plan_of(held.guess, targets, codes, words)
    except FileUnusable as error:
        why = {"code": error.code, "params": error.params}
        return _page(request, held, why, chosen, status=422)
    name = request.POST.get("save_as", "").strip()
    try:
        choose_columns(batch=held, plan=plan, by=user_of(request))
    except NothingToChoose:
        return redirect("intake:batch", held.pk)
    ask_for_a_run(held.pk)
    if name:
        titles = (held.guess or {})["titles"]
        saved = save_mapping(
            name=name, plan=plan, area=area_of(scope), by=user_of(request), titles=titles
        )
        _carry_on(request, held, saved)
    return redirect("intake:batch", held.pk)


def _carry_on(request: HttpRequest, held: Batch, saved: Mapping) -> None:
    """Files of the same layout that wait, too, go on; told is what they still need."""
    done = carry_on(numbers=alike(held), saved=saved, by=user_of(request))
    for one in (*done.settled, *done.asked):
        ask_for_a_run(one.pk)
    if done.settled:
        said = _("同版式的另外 %(count)s 个文件也按它读入。")
        messages.success(request, said % {"count": len(done.settled)})
    if done.asked:
        said = _("同版式的另外 %(count)s 个文件已按它对好各列，还要逐个补上：%(missing)s。")
        values = {"count": len(done.asked), "missing": "、".join(map(_, done.missing))}
        messages.warning(request, said % values)


@importer_only
@require_POST
def dataset(request: HttpRequest, batch_id: int) -> HttpResponse:
    """It is another kind of data: guess the columns anew."""
    held = _own(request, batch_id)
    name = request.POST.get("dataset", "")
    if name in datasets():
        try:
            choose_dataset(batch=held, name=name, by=user_of(request))
        except NothingToChoose:
            return redirect("intake:batch", held.pk)
        ask_for_a_run(held.pk)
    return redirect("intake:batch", held.pk)


@importer_only
@require_POST
def again(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The columns were taken for the wrong ones: ask about them."""
    held = _own(request, batch_id)
    try:
        asked = settle_again(batch=held, by=user_of(request))
    except NothingToChoose:
        return redirect("intake:batch", held.pk)
    ask_for_a_run(asked.pk)
    return redirect("intake:batch", asked.pk)


def _own(request: HttpRequest, batch_id: int) -> Batch:
    """A batch that this user sent; others may look at its report only."""
    held = batch_or_404(batch_id)
    if held.user_id != user_of(request).pk:
        raise PermissionDenied
    return held


def _chosen(request: HttpRequest, content: dict[str, Any]) -> Chosen:
    targets = {
        column["heading"]: request.POST.get(f"target-{at}", "")
        for at, column in enumerate(content["columns"])
        if column["heading"]
    }
    prefix = "constant-"
    constants = {
        key.removeprefix(prefix): str(value)[:200]
        for key, value in request.POST.items()
        if key.startswith(prefix)
    }
    words = {
        column["heading"]: {
            cell: request.POST.get(f"word-{at}-{number}", "")
            for number, cell in enumerate(column.get("values", {}))
        }
        for at, column in enumerate(content["columns"])
        if column.get("values")
    }
    return targets, constants, words


def _page(
    request: HttpRequest,
    held: Batch,
    why: dict[str, Any],
    chosen: Chosen = ({}, {}, {}),
    status: int = 200,
) -> HttpResponse:
    content = held.guess or {}
    if why.get("code") == "new_lack":
        lacking = why["params"]["headings"].split("、")
        content = content | {"missing": [*content["missing"], *lacking]}
    targets, constants, words = chosen
    context = {
        "batch": held,
        "label": label_of(held),
        "failure": explain(held.dataset, why["code"], why["params"]) if why else None,
        "content": content,
        "lines": lines_of(content, targets, words),
        "options": options_of(content["dataset"]),
        "constants": constants_of(content, constants),
        "datasets": [(d.name, capfirst(_(d.label))) for d in datasets().values()],
        "alike": len(alike(held)),
        "save_as": request.POST.get("save_as", ""),
    }
    return render(request, "intake/columns.html", context, status=status)
