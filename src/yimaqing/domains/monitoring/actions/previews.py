"""What a draft would change on the current data, counted and kept beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimaqing.analytics import lake
from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.monitoring import permissions
from yimaqing.domains.monitoring.actions.rulesets import OPEN_STATES, StepRefused, covers
from yimaqing.domains.monitoring.models import Effect, RulesetVersion
from yimaqing.domains.monitoring.preview import Moved, compare
from yimaqing.domains.monitoring.rulebook import book_on
from yimaqing.domains.monitoring.rules import Clock, read_ruleset

#: How many households the list beside the figures shows.
MOST = 2000


@transaction.atomic
def preview_version(*, number: int, by: User) -> dict[str, Any]:
    """Judge the newest snapshot by the rules of today and by a draft's; what was counted.

    Raise StepRefused when there is no snapshot, or the draft is gone.
    """
    version = RulesetVersion.objects.select_for_update().filter(pk=number).first()
    if version is None or version.state not in OPEN_STATES:
        raise StepRefused(_("这份规则已不在这一步，请刷新页面看现在的状态。"))
    if not covers(scope_of(by, permissions.RULES), version.region):
        raise PermissionDenied(_("您不能修改这个地区的规则。"))
    snapshot = lake.latest_snapshot(settings.LAKE, holding="registry.reading")
    if snapshot is None:
        raise StepRefused(_("还没有评判过，不能试算：请管理员先运行 yimaqing monitoring run。"))
    today = timezone.localdate()
    book = book_on(today)
    after = read_ruleset(version.document, version.identity)
    found = compare(
        snapshot,
        book.area_of(version.region),
        book.at(version.region),
        after,
        Clock(today),
        most=MOST,
        spill=settings.LAKE / "spill",
    )
    version.effect = found.counted() | {
        "taken_at": snapshot.taken_at.isoformat(),
        "day": today.isoformat(),
        "listed": len(found.moved),
        "against": book.at(version.region).identity,
    }
    version.save(update_fields=["effect"])
    _keep(version.pk, found.moved)
    return version.effect


def _keep(number: int, moved: Sequence[Moved]) -> None:
    """The households that move, under the place that they have now."""
    Effect.objects.filter(version_id=number).delete()
    columns: list[list[int] | list[str]] = [
        [one.household_id for one in moved],
        [one.change for one in moved],
        [one.before for one in moved],
        [one.after for one in moved],
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO monitoring_effect"
            " (place_code, household_id, version_id, change, before, after)"
            " SELECT h.place_code, h.id, %s, m.change, m.before, m.after"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[])"
            " AS m (household_id, change, before, after)"
            " JOIN registry_household h ON h.id = m.household_id"
            " ORDER BY h.place_code, h.id",
            [number, *columns],
        )
