"""Targets that documents set for figures."""

from __future__ import annotations

from yimaqing.domains.cockpit.models import Target


def targets_of(place_code: str) -> dict[str, Target]:
    """The targets of a place by measure, within the scope."""
    return {t.measure: t for t in Target.objects.filter(place_code=place_code)}
