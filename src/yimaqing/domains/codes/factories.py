"""Making codes for tests, benches and demonstrations."""

from __future__ import annotations

from yimaqing.domains.codes.actions import issue
from yimaqing.domains.codes.models import Code


def make_code(kind: str = "household", place_code: str = "", subject_id: int = 0) -> Code:
    """An active code, issued by the system."""
    return issue(
        kind=kind,
        place_code=place_code,
        subject_id=subject_id,
        by=None,
        actor="system:factory",
        using="owner",
    )
