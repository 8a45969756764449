"""Testing past warnings against what happened, and keeping the report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from yimaqing.domains.audit.actions import Actor, record
from yimaqing.domains.monitoring.actions.batch import owner_url
from yimaqing.domains.monitoring.backtest import running
from yimaqing.domains.monitoring.backtest.outcomes import Outcome, OutcomesInvalid
from yimaqing.domains.monitoring.backtest.report import Report, lines_of, months_between
from yimaqing.domains.monitoring.backtest.running import Day, NothingToTest, Progress, Scored
from yimaqing.domains.monitoring.backtest.scoring import EVERYBODY
from yimaqing.domains.monitoring.rulebook import book_on
from yimaqing.domains.monitoring.rules import Rulebook
from yimaqing.domains.registry.queries import households_numbered
from yimaqing.kit.files import make_private

NEAR_A_YEAR = 45  # days by which a snapshot may miss the day a year before
_KEPT = 20


@dataclass(frozen=True)
class Asked:
    """What is to be tested: which days, how far ahead, over what."""

    start: dt.date
    end: dt.date
    horizon: int
    followed_to: dt.date | None = None
    snapshots: Path | None = None
    trusted: bool = False
    place: str = ""
    workers: int | None = None


def run_backtest(
    *,
    outcomes: Sequence[Outcome],
    asked: Asked,
    by: Actor | None,
    actor: str = "system:backtest",
    progress: Progress = lambda _: None,
) -> Report:
    """Judge the past days, score them against the outcomes, keep the report.

    Raise NothingToTest, or OutcomesInvalid when no outcome is of a known household.
    """
    if asked.followed_to and asked.followed_to > timezone.localdate():
        raise NothingToTest(_NOT_YET.format(day=asked.followed_to))
    known, unknown = _known(outcomes)
    followed = asked.followed_to or max(one.on for one in outcomes)
    latest = min(asked.end, followed - dt.timedelta(days=asked.horizon))
    with running.scratch(settings.LAKE) as name:
        folder = Path(name)
        if asked.snapshots is None:
            days, before = _of_register(asked, latest, folder, progress)
        else:
            days, before = _of_snapshots(asked.snapshots, asked, latest)
        judged = running.judge(days, folder / "judged", progress)
        earlier = running.judge(before.values(), folder / "before", progress)
        by_day = dict(zip(before, earlier, strict=True))
        scored = running.score(
            judged,
            by_day,
            known,
            horizon=asked.horizon,
            place=asked.place,
            spill=folder / "spill",
        )
    report = _report(asked, outcomes, unknown, followed, days, scored)
    _keep(report)
    record(
        action="monitoring.backtested",
        by=by,
        actor=actor,
        after={"days": len(days), "outcomes": len(known)},
        using="owner",
    )
    return report


def reports_folder() -> Path:
    """Where reports are kept."""
    return Path(settings.HOME) / "backtests"


def _known(outcomes: Sequence[Outcome]) -> tuple[list[tuple[int, dt.date]], int]:
    """The outcomes of households of this register, and how many subjects are not in it."""
    numbers = {one.subject for one in outcomes}
    ids = households_numbered(numbers, using="owner")
    if not ids:
        shown = "、".join(sorted(numbers)[:3])
        raise OutcomesInvalid(
            f"没有一个户编号在本库：{shown} … 请用登记的户编号"
            " no household of this register has one of these numbers"
        )
    found = [(ids[one.subject], one.on) for one in outcomes if one.subject in ids]
    return found, len(numbers - set(ids))


def _of_register(
    asked: Asked, latest: dt.date, folder: Path, progress: Progress
) -> tuple[list[Day], Mapping[dt.date, Day]]:
    ends = running.month_ends(asked.start, latest)
    if not ends:
        raise NothingToTest(_NO_DAY.format(horizon=asked.horizon, latest=latest))
    taken = running.from_register(owner_url(), folder, progress)
    if not running.known_by(taken, ends[-1], trusted=asked.trusted):
        raise NothingToTest(_NOTHING_KNOWN.format(day=ends[-1]))
    strict = not asked.trusted

    def day_of(on: dt.date) -> Day:
        return Day(on, taken, _book(on, asked), strict=strict, every_rule=False)

    before = {}
    for on in ends:
        with suppress(LookupError):  # no rules were in force a year before
            before[on] = day_of(running.a_year_before(on))
    return [day_of(on) for on in ends], before


def _of_snapshots(
    kept: Path, asked: Asked, latest: dt.date
) -> tuple[list[Day], Mapping[dt.date, Day]]:
    """The last snapshot of each month; a year before, the nearest."""
    held = running.kept_snapshots(kept)
    months = {on.replace(day=1): on for on in sorted(held) if asked.start <= on <= latest}
    if not months:
        raise NothingToTest(_NO_SNAPSHOT.format(folder=kept, start=asked.start, latest=latest))
    before = {}
    for on in months.values():
        aim = running.a_year_before(on)
        near = min(held, key=lambda day: abs((day - aim).days))
        if abs((near - aim).days) <= NEAR_A_YEAR:
            with suppress(LookupError):
                before[on] = Day(near, held[near], _book(near, asked))
    return [Day(on, held[on], _book(on, asked)) for on in months.values()], before


def _book(on: dt.date, asked: Asked) -> Rulebook:
    """The rules of a day, those of every place that is asked about."""
    return book_on(on).within(asked.place)


def _report(
    asked: Asked,
    outcomes: Sequence[Outcome],
    unknown: int,
    followed: dt.date,
    days: Sequence[Day],
    scored: Scored,
) -> Report:
    if not scored.households:
        raise NothingToTest(
            f"{asked.place or '-'} 没有可评判的户：检查地点代码 no household is judged there"
        )
    workers = asked.workers or scored.villages
    months = months_between(scored.days)
    everybody = next((r for r in scored.rows if r["predictor"] == EVERYBODY), {"caught": 0})
    rulesets = {one.identity: one for day in days for one in day.book.sets}
    return Report(
        made_at=timezone.now().isoformat(timespec="seconds"),
        source="snapshots" if asked.snapshots else "register",
        trusted=asked.trusted,
        place=asked.place,
        days=tuple(day.isoformat() for day in scored.days),
        horizon=asked.horizon,
        followed_to=followed.isoformat(),
        rulesets=tuple(rulesets),
        outcomes=len(outcomes),
        kinds=tuple(sorted({one.kind for one in outcomes if one.kind})),
        unknown_subjects=unknown,
        fallen_before=scored.fallen_before,
        in_reach=everybody["caught"],
        households=scored.households,
        workers=workers,
        workers_given=asked.workers is not None,
        months=months,
        left_out=scored.left_out,
        without_last_year=bool(scored.without_last_year),
        lines=lines_of(scored, rulesets.values(), workers=workers, months=months),
    )


def _keep(report: Report) -> None:
    """Put the report where the page finds it; the oldest go."""
    folder = reports_folder()
    make_private(folder)
    name = timezone.now().strftime("%Y%m%dT%H%M%S%f")
    unfinished = folder / f".{name}"
    unfinished.write_text(report.as_json(), encoding="utf-8")
    unfinished.replace(folder / f"{name}.json")
    for old in sorted(folder.glob("*.json"))[:-_KEPT]:
        old.unlink(missing_ok=True)


_NOT_YET = (
    "--followed-to {day} 在未来：结果只能收集到今天或更早"
    " outcomes cannot have been followed to a day that is still to come"
)
_NO_DAY = (
    "{latest} 之前没有月末可评判：每个评判日之后须有 {horizon} 天的结果。"
    "用 --from 提早起始日，或用 --horizon 缩短天数，或用 --followed-to 写明结果收集到哪天"
    " no end of a month can be judged: results must reach {horizon} days beyond it"
)
_NOTHING_KNOWN = (
    "到 {day} 为止没有当时已录入的读数。历史读数是后来补录的话，加 --trust-observed"
    "（按观测日算作已知，结果偏好），或用 --snapshots 指定当时的快照"
    " no reading was stored by then: --trust-observed counts from the day of observation"
)
_NO_SNAPSHOT = (
    "{folder} 中没有 {start} 到 {latest} 的快照：yimaqing snapshot list 列出现有快照"
    " no snapshot was taken in that time"
)
