"""What the cockpit does when told."""

from __future__ import annotations

from typing import Any

from yimaqing.domains.cockpit.actions import store_figures


def on_evaluated(*, snapshot: str, **_: Any) -> None:
    """Keep the figures of the evaluation, so that the trend goes on."""
    store_figures(snapshot_id=snapshot)
