"""Storing what was observed: readings are added, never overwritten."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.audit.actions import record
from yimaqing.domains.registry.events import household_changed
from yimaqing.domains.registry.indicators import INDICATORS
from yimaqing.domains.registry.models import Household, Person, Reading


class BadReading(ValueError):
    """The indicator, its value or its date is not acceptable; the text says what would be."""


@transaction.atomic
def record_reading(
    *,
    household: Household,
    indicator: str,
    value: str,
    observed_at: dt.datetime,
    source: str,
    by: User,
    person: Person | None = None,
) -> Reading:
    """Store one observed value; storing the same again changes nothing.

    ``value`` is one of the indicator's words, or a number where it is measured. Raise
    BadReading when it is neither, when the date lies in the future, or when the member
    belongs to another household.
    """
    text, number = _checked(indicator, value)
    if observed_at > timezone.now() + dt.timedelta(minutes=5):
        raise BadReading(_("观测日期在未来：请填写实际查看的日期"))
    if person is not None and person.household_id != household.pk:
        raise BadReading(_("该成员不属于本户"))
    reading, created = Reading.objects.get_or_create(
        place_code=household.place_code,
        household_id=household.pk,
        person_id=person.pk if person else None,
        indicator=indicator,
        observed_at=observed_at,
        source=source,
        defaults={"value_text": text, "value_number": number},
    )
    if not created and (reading.value_text, reading.value_number) != (text, number):
        raise BadReading(_("同一来源同一时间已有不同读数：请改用新的观测时间"))
    if created:
        record(
            action="registry.reading_recorded",
            by=by,
            place_code=household.place_code,
            household_id=household.pk,
            subject=("reading", reading.pk),
            after={"indicator": indicator, "value": value},
        )
        household_changed.send(Reading, household_id=household.pk, place_code=household.place_code)
    return reading


def _checked(indicator: str, value: str) -> tuple[str, float | None]:
    if indicator not in INDICATORS:
        raise BadReading(_("未知指标：%(indicator)s") % {"indicator": indicator})
    known = INDICATORS[indicator]
    if known.words:
        if value not in known.words:
            raise BadReading(
                _("读数应为：%(words)s") % {"words": "、".join(map(str, known.words.values()))}
            )
        return value, None
    try:
        number = float(value)
    except ValueError as error:
        raise BadReading(_("读数应为数字")) from error
    if not known.low <= number <= known.high:
        bounds = {"low": f"{known.low:.9g}", "high": f"{known.high:.9g}"}  # 366, not 366.0
        raise BadReading(_("读数应在 %(low)s 与 %(high)s 之间") % bounds)
    return "", number
