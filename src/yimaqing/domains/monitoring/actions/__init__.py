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
from yimaqing.domains.monitoring.actions.previews import preview_version
from yimaqing.domains.monitoring.actions.rulesets import (
    StepRefused,
    begin_draft,
    change_draft,
    load_ruleset_file,
    publish_version,
    return_version,
    submit_version,
    withdraw_version,
)

__all__ = [
    "Again",
    "Asked",
    "NotKept",
    "Outcome",
    "ReasonMissing",
    "StepRefused",
    "begin_draft",
    "change_draft",
    "check_household",
    "confirm_doubts",
    "evaluate_household",
    "judge_again",
    "load_ruleset_file",
    "preview_version",
    "publish_version",
    "refresh_doubts",
    "reopen_doubts",
    "reports_folder",
    "return_version",
    "run",
    "run_backtest",
    "run_past",
    "set_income_lines",
    "submit_version",
    "take_snapshot",
    "withdraw_version",
]
