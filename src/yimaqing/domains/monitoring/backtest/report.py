"""A back-test's result: figures with their uncertainty, as JSON, CSV and text."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from yimaqing.domains.monitoring.backtest import certainty
from yimaqing.domains.monitoring.backtest.running import INCOME_LINE, LAST_YEAR, Scored
from yimaqing.domains.monitoring.backtest.scoring import EVERYBODY
from yimaqing.domains.monitoring.rules import Ruleset

#: Below so many cases a figure is shown as uncertain.
FEW = 10
_MONTH = 365.25 / 12
_BASELINES = {
    INCOME_LINE: ("只看收入线", "The income line alone"),
    LAST_YEAR: ("上一年的预警名单", "Last year's list of warnings"),
    EVERYBODY: ("所有的户（不加挑选）", "Every household (no choice made)"),
}
_NOT_MILDER = {
    "red": ("红色", "Red"),
    "orange": ("橙色以上", "Orange or red"),
    "yellow": ("红橙黄全部", "Any colour"),
}

_COUNTS = ("alarms", "true_alarms", "fresh", "fresh_false", "households", "caught")
_LEADS = ("lead_low", "lead_median", "lead_high")

Interval = tuple[float, float] | None


@dataclass(frozen=True)
class Line:
    """One rule, level of a scheme, or baseline."""

    family: str
    code: str
    zh: str
    en: str
    households: int
    alarms: int
    true_alarms: int
    precision: float | None
    precision_interval: Interval
    caught: int
    recall: float | None
    recall_interval: Interval
    false_alarms: int | None
    false_per_worker_month: float | None
    false_interval: Interval
    lead_low: float | None
    lead_median: float | None
    lead_high: float | None

    @property
    def few(self) -> bool:
        """Whether its precision, or its lead, rests on few cases."""
        return self.alarms < FEW or self.caught < FEW


@dataclass(frozen=True)
class Report:
    """What was tested, how, and what came out."""

    made_at: str
    source: str
    trusted: bool
    place: str
    days: tuple[str, ...]
    horizon: int
    followed_to: str
    rulesets: tuple[str, ...]
    outcomes: int
    kinds: tuple[str, ...]
    unknown_subjects: int
    fallen_before: int
    in_reach: int
    households: int
    workers: int
    workers_given: bool
    months: float
    left_out: tuple[str, ...]
    without_last_year: bool
    lines: tuple[Line, ...]

    @property
    def last_day(self) -> str:
        """The last day that was judged."""
        return self.days[-1]

    def as_json(self) -> str:
        """Everything, figures unrounded."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @staticmethod
    def from_json(text: str) -> Report:
        """A report that ``as_json`` wrote."""
        held = json.loads(text)
        lines = tuple(Line(**{k: _pair(v) for k, v in line.items()}) for line in held.pop("lines"))
        lists: dict[str, Any] = {k: _pair(v) for k, v in held.items()}
        return Report(**lists, lines=lines)

    def as_csv(self) -> str:
        """One row a line, intervals in two columns."""
        out = io.StringIO()
        rows = [_flat(line) for line in self.lines]
        writer = csv.DictWriter(out, list(rows[0]) if rows else ["code"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue()


def months_between(days: Sequence[Any]) -> float:
    """Months in which new alarms could begin: from the first judged day to the last."""
    return float((max(days) - min(days)).days / _MONTH)


def lines_of(
    scored: Scored, rulesets: Iterable[Ruleset], *, workers: int, months: float
) -> tuple[Line, ...]:
    """A line for every predictor, rules that never spoke included; baselines first."""
    words = _words(rulesets, scored.left_out)
    by_code = {row["predictor"]: row for row in scored.rows}
    reach = by_code.get(EVERYBODY, {}).get("caught", 0)
    silent: dict[str, Any] = dict.fromkeys(_COUNTS, 0) | dict.fromkeys(_LEADS)
    skipped = {LAST_YEAR} if scored.without_last_year else set()
    return tuple(
        _line(code, said, by_code.get(code, silent), reach, workers, months)
        for code, said in words.items()
        if code not in skipped
    )


def _words(rulesets: Iterable[Ruleset], left_out: Sequence[str]) -> dict[str, tuple[str, str]]:
    """What each predictor is called, in the order of the report; the newest words count."""
    words: dict[str, tuple[str, str]] = dict(_BASELINES)
    held = list(rulesets)
    for ruleset in held:
        for colour, (zh, en) in _NOT_MILDER.items():
            if any(one.code == colour for one in ruleset.scheme.colours):
                code = f"scheme:{ruleset.scheme.code}:{colour}"
                words[code] = (f"{ruleset.scheme.zh}：{zh}", f"{ruleset.scheme.en}: {en}")
    for ruleset in held:
        for rule in ruleset.rules:
            if rule.code not in left_out:
                words[f"rule:{rule.code}"] = (rule.zh, rule.en)
    return words


def _line(
    code: str,
    said: tuple[str, str],
    row: Mapping[str, Any],
    reach: int,
    workers: int,
    months: float,
) -> Line:
    family = code.partition(":")[0] if ":" in code else "baseline"
    alarms, true, caught = row["alarms"], row["true_alarms"], row["caught"]
    shares = workers * months
    rate = row["fresh_false"] / shares if shares else None
    low, high = certainty.of_count(row["fresh_false"])
    return Line(
        family=family,
        code=code.partition(":")[2] or code,
        zh=said[0],
        en=said[1],
        households=row["households"],
        alarms=alarms,
        true_alarms=true,
        precision=true / alarms if alarms else None,
        precision_interval=certainty.of_share(true, alarms) if alarms else None,
        caught=caught,
        recall=caught / reach if reach else None,
        recall_interval=certainty.of_share(caught, reach) if reach else None,
        false_alarms=row["fresh_false"] if months else None,
        false_per_worker_month=rate,
        false_interval=(low / shares, high / shares) if shares else None,
        lead_low=row["lead_low"],
        lead_median=row["lead_median"],
        lead_high=row["lead_high"],
    )


def _pair(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _flat(line: Line) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in asdict(line).items():
        if name.endswith("_interval"):
            low, high = value or (None, None)
            flat |= {f"{name}_low": low, f"{name}_high": high}
        else:
            flat[name] = value
    return flat


def as_text(report: Report) -> str:
    """The report for a terminal, Chinese and English."""
    return "\n".join([*_head(report), "", *map(_told, report.lines), "", *_notes(report)])


def _head(report: Report) -> list[str]:
    first, last = report.days[0], report.days[-1]
    return [
        (
            f"回测 back-test · {first} … {last}（{len(report.days)} 个评判日 days judged）"
            f" · 提前 {report.horizon} 天以内 within {report.horizon} days"
        ),
        (
            f"{report.households:,} 户 households"
            f" · {report.in_reach:,} 户后来出现结果 had the outcome"
            f" · {', '.join(report.rulesets)}"
        ),
    ]


def _told(line: Line) -> str:
    figures = [
        (
            f"查准 precision {_share(line.precision, line.precision_interval)}"
            f"（{line.true_alarms:,}/{line.alarms:,}）"
        ),
        f"查全 recall {_share(line.recall, line.recall_interval)}（{line.caught:,}）",
        f"误报/人·月 false alarms a worker and month {_rate(line)}",
        f"提前天数 lead days {_lead(line)}",
    ]
    few = " · 例数少 few cases" if line.few else ""
    return f"{line.zh} {line.en}{few}\n  " + " · ".join(figures)


def _share(value: float | None, interval: Interval) -> str:
    if value is None or interval is None:
        return "-"
    return f"{value:.1%} [{interval[0]:.1%}, {interval[1]:.1%}]"


def _rate(line: Line) -> str:
    if line.false_per_worker_month is None or line.false_interval is None:
        return "-"
    low, high = line.false_interval
    return f"{line.false_per_worker_month:.2f} [{low:.2f}, {high:.2f}]"


def _lead(line: Line) -> str:
    if line.lead_median is None:
        return "-"
    return f"{line.lead_median:.0f} [{line.lead_low:.0f}, {line.lead_high:.0f}]"


def _notes(report: Report) -> list[str]:
    given = "给定 as given" if report.workers_given else "每村一人 one a village"
    told = {
        f"工作人员 workers: {report.workers:,}（{given}）；区间 intervals: 95 %": True,
        (
            "读数按观测日算作已知，录入可能更晚，结果偏好"
            " readings count from the day of observation: too good"
        ): report.trusted,
        (
            "未检验 not tested（依据登记信息 rest on the register）: " + ", ".join(report.left_out)
        ): bool(report.left_out),
        (
            "没有上一年的快照，未与上一年名单对照"
            " no snapshot of a year before: last year's list is left out"
        ): report.without_last_year,
        (f"{report.unknown_subjects:,} 个户编号不在本库 numbers are not in this register"): bool(
            report.unknown_subjects
        ),
        (
            f"{report.fallen_before:,} 户此前已出现结果，不计"
            " households had the outcome before and are left out"
        ): bool(report.fallen_before),
    }
    return [note for note, holds in told.items() if holds]
