"""The list of batches; it keeps itself up to date while something in it is on its way."""

from __future__ import annotations

import hashlib
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yimaqing.domains.accounts.queries import names_of_users, require
from yimaqing.domains.intake import permissions
from yimaqing.domains.intake.models import Batch
from yimaqing.domains.intake.queries import batches
from yimaqing.domains.intake.views.access import importer_only, label_of, user_of
from yimaqing.kit.ids import whole_number
from yimaqing.kit.rowscope import set_scope
from yimaqing.ui.news import PACE, PACE_ABOVE, answer_news

PAGE = 50


@importer_only
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Batches: who sent which file when, and what came of it."""
    return _page(request)


def _page(request: HttpRequest) -> HttpResponse:
    shown = _shown(request)
    senders = names_of_users({b.user_id for b in shown if b.user_id})
    lines = [(b, label_of(b), senders.get(b.user_id or 0, _("系统"))) for b in shown[:PAGE]]
    following = f"?before={shown[PAGE - 1].pk}" if len(shown) > PAGE else ""
    going = [b for b in shown[:PAGE] if not b.finished]
    # What only waits for another batch gets on when somebody lets that in: there is time.
    pace = PACE if any(b.waits_for is None for b in going) else PACE_ABOVE
    asked = {"before": request.GET.get("before", ""), "seen": _state_of(shown)}
    context = {
        "lines": lines,
        "following": following,
        "news": urlencode(asked) if going else "",
        "pace": pace,
        "updated": timezone.localtime() if "seen" in request.GET else None,
    }
    return render(request, "intake/index.html", context)


@require_GET
def news(request: HttpRequest) -> HttpResponse:
    """The list, once it is not as the reader sees it."""
    return answer_news(request, lambda: _state_asked(request), lambda: _page(request))


def _state_asked(request: HttpRequest) -> str:
    set_scope(require(user_of(request), permissions.IMPORT))
    return _state_of(_shown(request))


def _shown(request: HttpRequest) -> list[Batch]:
    """A page of batches, and one that tells whether there are more."""
    before = whole_number(request.GET.get("before", ""))
    found = batches() if before is None else batches().filter(pk__lt=before)
    return list(found.defer("plan", "guess", "notes", "tally")[: PAGE + 1])


def _state_of(shown: list[Batch]) -> str:
    """Changes whenever what is shown of a batch does."""
    told = [(b.pk, b.dataset, b.step, b.failure, b.waits_for, b.undone) for b in shown]  # type: ignore[attr-defined] # annotated by batches()
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]
