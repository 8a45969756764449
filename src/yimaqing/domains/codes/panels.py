"""The code's own panel on a household's file and on a place's page.

Symbol, number, history; issue, reissue, revoke for who may.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import may, names_of_users
from yimaqing.domains.codes import permissions
from yimaqing.domains.codes.addresses import AddressNotPrintable, address_of, printable_address
from yimaqing.domains.codes.forms import ReasonForm
from yimaqing.domains.codes.kinds import cards
from yimaqing.domains.codes.labels.forms import LabelsForm
from yimaqing.domains.codes.labels.layout import layouts
from yimaqing.domains.codes.models import Code, State
from yimaqing.domains.codes.queries import codes_of
from yimaqing.domains.codes.tokens import printed_number
from yimaqing.domains.codes.views import not_printable
from yimaqing.kit.cards import FilePanel
from yimaqing.kit.ids import PREFIX_LENGTH


@dataclass(frozen=True)
class Subject:
    """What a code stands for. ``subject_id`` is a household's number, 0 for places."""

    kind: str
    place_code: str
    subject_id: int = 0
    #: Whether a new code may be issued for it: a place that is no more gets none.
    lasts: bool = True

    def allows(self, user: User, permission: str) -> bool:
        """Whether the user's roles allow it for this subject."""
        return may(user, permission, self.place_code, self.subject_id or None)


def household_code(request: HttpRequest, household: Any) -> dict[str, Any] | None:
    """What the panel shows of a household; None for a reader who may not scan."""
    subject = Subject("household", household.place_code, household.id)
    words = {
        "symbol": _("本户二维码"),
        "ended": _("本户的码已停用，目前没有有效的码。"),
        "none": _("本户还没有发码。"),
        "renewal": _("旧码丢失、污损或外泄时换发。旧码立即停用，不再指向本户。"),
    }
    return _panel(request, subject, words)


def place_code(request: HttpRequest, place: Any) -> dict[str, Any] | None:
    """What the panel shows of a place; None for kinds without codes and who may not scan."""
    if place.kind not in cards():
        return None
    words = {
        "symbol": _("本地点二维码"),
        "ended": _("本地点的码已停用，目前没有有效的码。"),
        "none": _("本地点还没有发码。"),
        "renewal": _("旧码丢失、污损或外泄时换发。旧码立即停用，不再指向本地点。"),
    }
    return _panel(request, Subject(place.kind, place.code, lasts=place.valid_to is None), words)


def _panel(request: HttpRequest, subject: Subject, words: dict[str, str]) -> dict[str, Any] | None:
    user = request.user
    if not isinstance(user, User) or not subject.allows(user, permissions.SCAN):
        return None
    every = list(codes_of(subject.kind, subject.place_code, subject.subject_id))
    names = names_of_users({i for code in every for i in _users(code)})
    active = next((code for code in every if code.state == State.ACTIVE), None)
    # A code that was replaced has a successor; after a merger it may be newer than that.
    renewable = active or next((code for code in every if code.state == State.REVOKED), None)
    return {
        "subject": subject,
        "words": words,
        "active": _shown(active, names) if active else None,
        "renewable": renewable,
        "earlier": [_shown(code, names) for code in every if code is not active],
        "form": ReasonForm(),
        "may_issue": subject.lasts and subject.allows(user, permissions.ISSUE),
        "may_revoke": subject.allows(user, permissions.REVOKE),
        "address": address_of(active.token) if active else "",
        "not_printable": _fault(active),
        "path": request.path,
        "labels": _labels(subject, user, active),
    }


def _labels(subject: Subject, user: User, active: Code | None) -> str:
    """Where its label is printed, and those of all households there; empty for who may not."""
    if not subject.lasts or not subject.allows(user, permissions.PRINT):
        return ""
    asked = {"place": subject.place_code[: PREFIX_LENGTH[5]]}
    if subject.subject_id:
        if active is None:
            return ""
        given = {name: field.initial for name, field in LabelsForm().fields.items()}
        asked |= {**given, "layout": next(iter(layouts())), "codes": printed_number(active.pk)}
    return f"{reverse('codes:labels')}?{urlencode(asked)}"


def _fault(code: Code | None) -> str:
    try:
        printable_address(code.token if code else "")
    except AddressNotPrintable:
        return not_printable()
    return ""


def _shown(code: Code, names: dict[int, str]) -> dict[str, Any]:
    return {
        "code": code,
        "number": printed_number(code.pk),
        "issued_by": _name(code.issued_by, names),
        "ended_by": _name(code.ended_by, names),
    }


def _users(code: Code) -> list[int]:
    who = (code.issued_by, code.ended_by)
    return [int(w.removeprefix("user:")) for w in who if w.startswith("user:")]


def _name(who: str, names: dict[int, str]) -> str:
    if who.startswith("user:"):
        return names.get(int(who.removeprefix("user:")), "")
    return ""


_TITLE, _TEMPLATE = gettext_lazy("二维码"), "codes/file_panel.html"
file_panels = [FilePanel(order=300, title=_TITLE, template=_TEMPLATE, context=household_code)]
place_panels = [FilePanel(order=300, title=_TITLE, template=_TEMPLATE, context=place_code)]
