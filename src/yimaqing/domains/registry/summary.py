"""One sentence that a colleague would say about a household."""

from __future__ import annotations

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from yimaqing.domains.registry.codetables import label_of
from yimaqing.domains.registry.queries import HouseholdFile


def opening_sentence(file: HouseholdFile) -> str:
    """Members, who works away, who helps: as it would be said on the telephone."""
    parts = [
        ngettext("%(n)s 口人", "%(n)s 口人", len(file.members)) % {"n": len(file.members)}
        if file.members
        else _("还没有成员")
    ]
    if file.household.group:
        english = (get_language() or "").startswith("en")
        parts.append(label_of("group", file.household.group, english=english))
    if file.working_away:
        parts.append(_("%(n)s 人外出务工") % {"n": file.working_away})
    if file.incomes:
        newest = file.incomes[0]
        yuan = f"{newest.per_capita_fen / 100:,.2f}"
        parts.append(_("%(year)s 年人均纯收入 %(yuan)s 元") % {"year": newest.year, "yuan": yuan})
    if file.pairings:
        parts.append(_("帮扶责任人 %(name)s") % {"name": file.pairings[0].helper_name})
    else:
        parts.append(_("尚无帮扶责任人"))
    return _("，").join(parts)
