"""What goes on by itself: clock, working calendar, audit chain, jobs, judging every night."""

from __future__ import annotations

import datetime as dt
import time

from django.conf import settings
from django.db import connections
from django.utils import timezone
from django.utils.translation import gettext as _

from yimaqing.analytics.lake import latest_snapshot
from yimaqing.config.doctor.findings import Finding, fault, fine, warning
from yimaqing.config.jobs import STALLED_AFTER_SECONDS

MOST_CLOCK_DRIFT_SECONDS = 5.0
OLDEST_TAIL_SECONDS = 10 * 60.0  # the sealer runs every minute
LONGEST_WAIT_SECONDS = 10 * 60.0
LONGEST_UNJUDGED_HOURS = 36.0  # a run comes every night
NEXT_YEAR_FROM_MONTH = 12  # the State Council announces holidays in November

_TAIL = """
SELECT count(*), coalesce(extract(epoch FROM now() - min(e.at)), 0)::float8
FROM audit_entry e LEFT JOIN audit_seal s ON s.entry_id = e.id WHERE s.seq IS NULL
"""
_STALLED = """
SELECT count(*) FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
WHERE j.status = 'doing'
  AND (w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => %s))
"""
_WAITING = """
SELECT count(*) FROM procrastinate_jobs
WHERE status = 'todo' AND scheduled_at < now() - make_interval(secs => %s)
"""
# What failed and was not done since: the same task with the same work. Periodic ones differ
# only by the second that they were due.
_FAILED = """
SELECT f.task_name, count(*) FROM procrastinate_jobs f
WHERE f.status = 'failed' AND NOT EXISTS (
  SELECT FROM procrastinate_jobs d
  WHERE d.task_name = f.task_name AND d.id > f.id AND d.status = 'succeeded'
    AND d.args - 'timestamp' = f.args - 'timestamp')
GROUP BY 1 ORDER BY 1
"""
_WORKERS = """
SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s)
"""


def calendar() -> Finding:
    """Deadlines count working days: this year's holidays must be known, soon the next's."""
    from yimaqing.domains.work.queries import announced  # noqa: PLC0415 - its models need Django

    today = timezone.localdate()
    remedy = _("升级依赖 chinesecalendar 并运行 make setup；节假日安排由国务院每年 11 月公布。")
    if not announced(today.year):
        words = _("%(year)d 年的工作日历未知，期限无法计算。") % {"year": today.year}
        return fault("calendar", words, remedy)
    if today.month >= NEXT_YEAR_FROM_MONTH and not announced(today.year + 1):
        words = _("%(year)d 年的工作日历未知。") % {"year": today.year + 1}
        return warning("calendar", words, remedy)
    return fine("calendar", _("%(year)d 年的工作日历已知。") % {"year": today.year})


def clock() -> Finding:
    """The clock agrees with the database's, which may be on another machine."""
    before = time.time()
    there = float(_number("SELECT extract(epoch FROM clock_timestamp())::float8"))
    drift = abs(there - (before + time.time()) / 2)
    words = _("与数据库时钟相差 %(seconds).1f 秒。") % {"seconds": drift}
    if drift > MOST_CLOCK_DRIFT_SECONDS:
        return fault("clock", words, _("两台机器都开启 NTP 对时（timedatectl set-ntp true）。"))
    if dt.datetime.now(dt.UTC).year < 2026:
        return fault("clock", _("系统时钟明显错误。"), _("开启 NTP 对时。"))
    return fine("clock", words)


def audit_tail() -> Finding:
    """Entries are sealed within minutes; an old unsealed one could still be changed unseen."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(_TAIL)
        count, oldest_seconds = cursor.fetchone()
    values = {"count": count, "minutes": oldest_seconds / 60}
    words = _("未封存的审计记录 %(count)d 条，最早 %(minutes).0f 分钟前。") % values
    if oldest_seconds > OLDEST_TAIL_SECONDS:
        return fault(
            "audit_tail",
            words,
            _("检查 yimaqing serve 的 jobs 是否在运行；或运行 yimaqing audit seal。"),
        )
    return fine("audit_tail", words)


def jobs() -> Finding:
    """A worker lives, nothing is stuck, nothing waits for long."""
    stalled = _number(_STALLED, STALLED_AFTER_SECONDS * 4)
    if stalled:
        return fault(
            "jobs",
            _("%(count)d 个任务的执行进程已死。") % {"count": stalled},
            _("启动 yimaqing serve（或 yimaqing jobs），会自动重新排队。"),
        )
    waiting = {"count": _number(_WAITING, LONGEST_WAIT_SECONDS)}
    if not _number(_WORKERS, STALLED_AFTER_SECONDS):
        words = _("没有在运行的后台进程，%(count)d 个任务等待过久。") % waiting
        if not waiting["count"]:
            words = _("没有在运行的后台进程。")
        return warning("jobs", words, _("启动 yimaqing serve（或 yimaqing jobs）。"))
    if waiting["count"]:
        return warning(
            "jobs",
            _("后台进程在运行，但有 %(count)d 个任务等待过久。") % waiting,
            _("增加 yimaqing serve 的 --job-threads，再启动。"),
        )
    return fine("jobs", _("后台任务正常。"))


def failed_jobs() -> Finding:
    """No job gave up without the same work being done later; they are kept for two weeks."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_FAILED)
        failed = [f"{name} × {count}" for name, count in cursor.fetchall()]
    if failed:
        return warning(
            "failed_jobs",
            _("失败后未再完成的任务：%(tasks)s。") % {"tasks": "、".join(failed)},
            _(
                "在 yimaqing serve 的日志中查原因（journalctl -u yimaqing）；"
                "之后，monitoring 运行 yimaqing monitoring run；intake 重新上传该文件（不会重复）。"
            ),
        )
    return fine("failed_jobs", _("没有失败后未再完成的任务。"))


def judging() -> Finding:
    """Readings go stale and deadlines pass: the register was judged last night."""
    if "monitoring" not in settings.DOMAINS:
        return fine("judging", _("监测已停用。"))
    from yimaqing.analytics import engines  # noqa: PLC0415 - DuckDB, Ibis

    try:
        engines.check(settings.ANALYTICS)
    except engines.EngineUnusable as error:
        return fault("judging", _("评判所用的引擎用不了。"), str(error))
    if not _number("SELECT EXISTS (SELECT FROM registry_household)::int", alias="owner"):
        return fine("judging", _("尚无住户，无需监测。"))
    remedy = _("运行 yimaqing monitoring run，并查看 yimaqing serve 的日志为何夜间没有运行。")
    snapshot = latest_snapshot(settings.LAKE, holding="monitoring.standing")
    if snapshot is None:
        return warning("judging", _("住户从未全面监测过。"), remedy)
    hours = (timezone.now() - snapshot.taken_at) / dt.timedelta(hours=1)
    words = _("上次全面监测在 %(hours).0f 小时前。") % {"hours": hours}
    if hours > LONGEST_UNJUDGED_HOURS:
        return warning("judging", words, remedy)
    return fine("judging", words)


def _number(query: str, *values: float, alias: str = "default") -> float:
    with connections[alias].cursor() as cursor:
        cursor.execute(query, values)
        return float(cursor.fetchone()[0])
