"""Which two values contradict each other: the words under “登记信息与读数矛盾”.

The rule says of a household that something does (rules/households.py); here the same pairs
are found again for the reader, from what register and readings say today.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yimaqing.domains.monitoring.models import Warning
from yimaqing.domains.monitoring.rules import Clock, Rulebook, Ruleset
from yimaqing.domains.monitoring.rules.ruleset import WATER_ITEMS, Threshold
from yimaqing.domains.registry.queries import Registered, label_of, registered, said_of
from yimaqing.kit.ids import mask_name

_INDICATORS = ("education", "medical", "water", *WATER_ITEMS)


def contradictions_of(warnings: Collection[Warning], book: Rulebook) -> dict[int, list[str]]:
    """What contradicts what, by household: one line for each pair of values."""
    rules = {w.household_id: book.at(w.place_code) for w in warnings}
    of = [w for w in warnings if _is_about(w, rules[w.household_id])]
    found = registered(
        {w.place_code for w in of}, {w.household_id for w in of}, indicators=_INDICATORS
    )
    return {
        w.household_id: list(_pairs(found[w.household_id], w.place_code, rules[w.household_id]))
        for w in of
        if w.household_id in found
    }


def _is_about(warning: Warning, ruleset: Ruleset) -> bool:
    rule = ruleset.by_code.get(warning.rule_code)
    return rule is not None and rule.condition == "facts_contradict" and not warning.closed_at


def _pairs(held: Registered, place_code: str, ruleset: Ruleset) -> Iterator[str]:
    if held.members and len(held.members) != held.member_count:
        yield _("登记人口 %(declared)s 人，成员名单 %(members)s 人") % {
            "declared": held.member_count,
            "members": len(held.members),
        }
    yield from _of_members(held, ruleset)
    yield from _of_water(held, place_code, ruleset)


def _of_members(held: Registered, ruleset: Ruleset) -> Iterator[str]:
    education, medical = ruleset.indicator("education"), ruleset.indicator("medical")
    clock = Clock(timezone.localdate())
    pupils = clock.born_after(education.age_to + 1), clock.born_after(education.age_from)
    for person in held.members:
        who = f"{_label('relation', person.relation)} {mask_name(person.name)}"
        reading = held.readings.get(("medical", person.pk))
        if reading and reading.value_text in medical.fails and person.insured:
            yield _("%(who)s：登记为已参保，读数为%(reading)s") % {
                "who": who,
                "reading": said_of(reading),
            }
        reading = held.readings.get(("education", person.pk))
        if not reading or person.born_on is None or not pupils[0] <= person.born_on < pupils[1]:
            continue
        status = person.student_status
        pupil_read_out = reading.value_text in education.fails and (
            status in education.register_passes
        )
        out_read_pupil = reading.value_text in education.passes and (
            status in education.register_fails
        )
        if pupil_read_out or out_read_pupil:
            yield _("%(who)s：在校情况登记为%(status)s，读数为%(reading)s") % {
                "who": who,
                "status": _label("student_status", status),
                "reading": said_of(reading),
            }


def _of_water(held: Registered, place_code: str, ruleset: Ruleset) -> Iterator[str]:
    whole = held.readings.get(("water", None))
    water = ruleset.indicator("water")
    if whole is None:
        return
    fails = whole.value_text in water.fails
    for item in WATER_ITEMS:
        part = held.readings.get((item, None))
        threshold = next(
            (t for t in ruleset.thresholds_of(item) if place_code.startswith(t.region)), None
        )
        if part and threshold and _fails(part, threshold) != fails:
            yield _("饮水安全总评为%(whole)s，%(part)s") % {
                "whole": said_of(whole),
                "part": said_of(part, named=True),
            }


def _fails(reading: object, threshold: Threshold) -> bool:
    text, number = getattr(reading, "value_text", ""), getattr(reading, "value_number", None)
    if threshold.passes:
        return text in threshold.fails
    if number is None:
        return False
    if threshold.at_least is not None:
        return bool(number < threshold.at_least)
    return threshold.at_most is not None and bool(number > threshold.at_most)


def _label(table: str, slug: str) -> str:
    return label_of(table, slug, english=(get_language() or "").startswith("en"))
