"""A form of the procedure as PDF; the printing is logged with the form's name."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import may
from yimaqing.domains.places.queries import full_name
from yimaqing.domains.recognition import permissions
from yimaqing.domains.recognition.models import Procedure
from yimaqing.domains.recognition.printing.sheets import FORMS, Form, Sheet, forms_of
from yimaqing.domains.recognition.printing.trail import log_form
from yimaqing.domains.recognition.queries import Told, told_of
from yimaqing.domains.recognition.views.reach import reached, user_of
from yimaqing.domains.registry.queries import openable_household
from yimaqing.ui.templatetags.ui import moment


@login_required
@require_POST
def print_form(request: HttpRequest, procedure_id: int, form_name: str) -> HttpResponse:
    """One of the forms, for who does the village's steps there; POST, because it is logged."""
    user = user_of(request)
    held = reached(user, procedure_id)
    if not may(user, permissions.VILLAGE, held.place_code, held.household_id):
        raise PermissionDenied
    told = told_of(held)
    form = FORMS.get(form_name)
    if form is None or form not in forms_of(held, told):
        raise Http404
    log_form(procedure=held, form=form.slug, by=user)
    response = HttpResponse(made(held, told, form, user), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{form.slug}-{held.pk}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def made(held: Procedure, told: Told, form: Form, user: User) -> bytes:
    """The form as PDF. A notice that hangs in public bears nobody's log-in."""
    from yimaqing.ui.paper.flow import Flow  # noqa: PLC0415 - Skia

    place = full_name(held.place_code[:12])
    household = openable_household(held.household_id)
    sheet = Sheet(held, household, place, told)
    stamp = place if form.slug == "notice" else _stamp(user)
    if settings.DEMO:
        stamp = f"{stamp} · {_('演示数据')}"
    with Flow(f"{form.title} {held.pk}", stamp, _("第 {n} 页")) as paper:
        paper.title(str(form.title), place)
        form.write(paper, sheet)
    return paper.content


def _stamp(user: User) -> str:
    return _("%(who)s（%(login)s）%(when)s 打印") % {
        "who": user.display_name,
        "login": user.username,
        "when": moment(timezone.now()),
    }
