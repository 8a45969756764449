"""Every write of monitoring."""

from yimaqing.domains.monitoring.actions.again import Again, NotKept, judge_again
from yimaqing.domains.monitoring.actions.backtest import Asked, reports_folder, run_backtest
from yimaqing.domains.monitoring.actions.batch import Outcome, run, run_past, take_snapshot
from yimaqing.domains.monitoring.actions.doubts import (
    ReasonMissing,
    check_household,
    confirm_doubts,
    refresh_doubts,
    reopen_doubts,
)
from yimaqing.domains.monitoring.actions.lines import set_income_lines
from yimaqing.domains.monitoring.actions.live import evaluate_household

__all__ = [
    "Again",
    "Asked",
    "NotKept",
    "Outcome",
    "ReasonMissing",
    "check_household",
    "confirm_doubts",
    "evaluate_household",
    "judge_again",
    "refresh_doubts",
    "reopen_doubts",
    "reports_folder",
    "run",
    "run_backtest",
    "run_past",
    "set_income_lines",
    "take_snapshot",
]
