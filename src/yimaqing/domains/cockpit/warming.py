"""Opening the newest snapshot before the first visitor asks for it."""

from __future__ import annotations

from yimaqing.domains.cockpit.queries.standing import NoSnapshot, opened


def warm() -> None:
    """Compile the measures and open the snapshot: a second that no visitor waits for."""
    try:
        opened()
    except NoSnapshot:
        return
