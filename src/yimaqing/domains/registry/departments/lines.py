"""Lines that the installation enters: from which amount on somebody has to go and look."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import may
from yimaqing.domains.audit.actions import record
from yimaqing.domains.places.queries import valid_places
from yimaqing.domains.registry import permissions
from yimaqing.domains.registry.departments.declared import lists
from yimaqing.domains.registry.departments.rules import rhythms
from yimaqing.domains.registry.models import ListedPerson, TriggerLine

#: Of which households a line speaks: those whom the register watches, and all others.
AMONG = ("archived", "other")
_COUNTY, _COUNTY_LEVEL = 6, 3
_MOST_FEN = 10_000_000_00


class BadLine(ValueError):
    """The line cannot be taken as it is; the text says why."""


def lines_of(list_name: str) -> list[TriggerLine]:
    """Lines that were entered for a list, those in force first."""
    return list(TriggerLine.objects.filter(list_name=list_name).order_by("-starts_on", "among"))


@transaction.atomic
def set_trigger_line(
    *,
    list_name: str,
    among: str,
    county: str,
    amount_fen: int,
    starts_on: dt.date,
    document: str,
    by: User,
) -> TriggerLine:
    """From ``starts_on`` the sums of a county's households are held against this amount.

    What the list said of them since is weighed again. Raise BadLine, and PermissionDenied
    without the right over the whole county.
    """
    if list_name not in lists() or not rhythms()[list_name].trigger.by_line:
        raise BadLine(_("这种名单不按金额核实。"))
    if among not in AMONG or not 0 < amount_fen <= _MOST_FEN:
        raise BadLine(_("金额填大于 0 的数，以元为单位。"))
    if not document.strip():
        raise BadLine(_("请写明依据的文件和文号。"))
    # The line holds for the whole county: a township's code must not stand for its county's.
    is_county = valid_places().filter(code=county, level=_COUNTY_LEVEL).exists()
    if not (is_county and may(by, permissions.MERGE, county)):
        raise PermissionDenied(_("核实标准由县级以上干部录入。"))
    line, _new = TriggerLine.objects.update_or_create(
        list_name=list_name,
        among=among,
        region=county[:_COUNTY],
        starts_on=starts_on,
        defaults={"amount_fen": amount_fen, "document": document.strip(), "set_by": by.pk},
    )
    ListedPerson.objects.filter(
        list_name=list_name,
        place_code__gte=county[:_COUNTY],
        place_code__lt=county[:_COUNTY] + ":",
        counted_until__gte=starts_on,
    ).update(weighed_at=None)
    record(
        action="registry.trigger_line_set",
        by=by,
        place_code=county,
        subject=("list", list_name),
        after={
            "among": among,
            "yuan": amount_fen // 100,
            "from": starts_on.isoformat(),
            "document": line.document,
        },
    )
    return line
