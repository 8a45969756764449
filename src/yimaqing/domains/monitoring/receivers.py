"""What monitoring does when told."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction

from yimaqing.domains.monitoring.tasks import ask_for_a_run
from yimaqing.kit.files import make_private


def on_household_changed(*, household_id: int, place_code: str, **_: Any) -> None:
    """Judge and check the household in the transaction that changed it."""
    from yimaqing.domains.monitoring.actions import (  # noqa: PLC0415 - DuckDB, Ibis
        check_household,
        evaluate_household,
    )

    evaluate_household(household_id=household_id, place_code=place_code)
    check_household(household_id=household_id, place_code=place_code)


def on_evaluated(*, snapshot: str, as_of: dt.date, **_: Any) -> None:
    """Keep of the day what the poverty index of its year is made of."""
    from yimaqing.analytics import lake  # noqa: PLC0415 - DuckDB
    from yimaqing.domains.monitoring.poverty.kept import keep  # noqa: PLC0415 - Ibis
    from yimaqing.domains.monitoring.rulebook import patterns_folder  # noqa: PLC0415 - Ibis

    folder = patterns_folder()
    make_private(folder)
    keep(lake.read_manifest(settings.LAKE / "snapshots" / snapshot), as_of, folder)


def on_batch_applied(**_: Any) -> None:
    """Judge everything anew once a file is in the register."""
    ask_for_a_run()


def on_recoded(**_: Any) -> None:
    """Judge everything anew: the snapshot that the cockpit reads holds the codes of before."""
    ask_for_a_run()


def on_rules_published(**_: Any) -> None:
    """Judge everything anew by the rules that hold from today on, once they are kept."""
    transaction.on_commit(ask_for_a_run)
