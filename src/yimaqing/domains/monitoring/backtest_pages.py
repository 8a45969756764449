"""回测: what past warnings were worth, as the last report says."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from yimaqing.domains.accounts.queries import require
from yimaqing.domains.monitoring import permissions
from yimaqing.domains.monitoring.actions import reports_folder
from yimaqing.domains.monitoring.backtest.report import Line, Report
from yimaqing.domains.monitoring.views import is_english
from yimaqing.kit.rowscope import Scope

_FAMILIES = (("baseline", _("对照")), ("scheme", _("预警等级")), ("rule", _("各条规则")))


@login_required
@require_GET
def backtest(request: HttpRequest) -> HttpResponse:
    """The newest report about places that the reader answers for."""
    scope = require(request.user, permissions.READ)
    report = _newest(scope)
    english = is_english()
    parts: list[tuple[object, list[tuple[str, Line]]]] = []
    if report is not None:
        parts = [
            (title, [(one.en if english else one.zh, one) for one in _of(report, family)])
            for family, title in _FAMILIES
        ]
    context = {"report": report, "parts": parts, "english": english}
    return render(request, "monitoring/backtest.html", context)


def _of(report: Report, family: str) -> list[Line]:
    """Lines of a family; rules that never spoke at the end."""
    chosen = [line for line in report.lines if line.family == family]
    return sorted(chosen, key=lambda line: not line.alarms)


def _newest(scope: Scope) -> Report | None:
    """Totals of all places are for everybody who reads warnings; of one place for its own."""
    for path in sorted(reports_folder().glob("*.json"), reverse=True):
        report = Report.from_json(path.read_text(encoding="utf-8"))
        if not report.place or scope.covers(report.place.ljust(12, "0")):
            return report
    return None
