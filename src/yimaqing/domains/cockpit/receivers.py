"""What the cockpit does when told."""

from __future__ import annotations

from typing import Any


def on_evaluated(*, snapshot: str, **_: Any) -> None:
    """Keep the figures of an evaluation: results of past days are gone afterwards."""
    from yimaqing.domains.cockpit.actions import store_figures  # noqa: PLC0415 - DuckDB, Ibis

    store_figures(snapshot_id=snapshot, actor="system:monitoring")
