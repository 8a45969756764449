"""The code's own panel on the household's file: symbol, number, history, reissue, revoke."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import may, names_of_users
from yimaqing.domains.codes import permissions
from yimaqing.domains.codes.addresses import AddressNotPrintable, address_of, printable_address
from yimaqing.domains.codes.forms import ReasonForm
from yimaqing.domains.codes.models import Code, State
from yimaqing.domains.codes.queries import codes_of
from yimaqing.domains.codes.tokens import printed_number
from yimaqing.domains.codes.views import not_printable
from yimaqing.kit.cards import FilePanel


def household_code(request: HttpRequest, household: Any) -> dict[str, Any] | None:
    """What the panel shows; None for a reader who may not scan."""
    user = request.user
    if not isinstance(user, User) or not _may(user, permissions.SCAN, household):
        return None
    every = list(codes_of("household", household.place_code, household.id))
    names = names_of_users({i for code in every for i in _users(code)})
    active = next((code for code in every if code.state == State.ACTIVE), None)
    return {
        "active": _shown(active, names) if active else None,
        "newest": _shown(every[0], names) if every else None,
        "earlier": [_shown(code, names) for code in every if code is not active],
        "household": household,
        "form": ReasonForm(),
        "may_issue": _may(user, permissions.ISSUE, household),
        "may_revoke": _may(user, permissions.REVOKE, household),
        "address": address_of(active.token) if active else "",
        "not_printable": _fault(active),
        "path": request.path,
    }


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


def _may(user: User, permission: str, household: Any) -> bool:
    return may(user, permission, household.place_code, household.id)


file_panels = [
    FilePanel(
        order=300, title=_("二维码"), template="codes/file_panel.html", context=household_code
    )
]
