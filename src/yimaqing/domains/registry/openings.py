"""Who opened a household's file, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from yimaqing.domains.accounts.queries import names_of_users
from yimaqing.domains.audit.queries import Wording, openings_of
from yimaqing.domains.registry.models import Household

OPENINGS = {
    "registry.file_opened": _("打开户档案"),
    "registry.unmasked": _("查看明文"),
    "registry.file_printed": _("打印户档案"),
    "codes.scanned": _("扫码"),
}


def shown_openings(household: Household) -> list[dict[str, Any]]:
    """Who opened the file: when, name, what, why; newest first."""
    entries = openings_of(household.pk)
    names = names_of_users({e.user_id for e in entries if e.user_id})
    words = Wording(entries)
    return [
        {
            "at": e.at,
            "name": names.get(e.user_id or 0) or words.actor(e),
            "what": OPENINGS.get(e.action) or words.act(e),
            "purpose": words.purpose(e),
        }
        for e in entries
    ]
