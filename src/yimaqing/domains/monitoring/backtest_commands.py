"""`yimaqing monitoring backtest`: what past warnings were worth, against what came later."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click
import duckdb
from django.utils import timezone

from yimaqing.domains.monitoring.actions import Asked, run_backtest
from yimaqing.domains.monitoring.backtest.outcomes import OutcomesInvalid, read_outcomes
from yimaqing.domains.monitoring.backtest.report import as_text
from yimaqing.domains.monitoring.backtest.running import NothingToTest

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("outcomes", type=_FILE)
@click.option("--from", "start", type=_DAY, required=True, help="评判日自 first day to judge")
@click.option("--to", "end", type=_DAY, help="至，默认至今 last, by default as late as possible")
@click.option(
    "--horizon",
    type=click.IntRange(1, 1830),
    default=180,
    show_default=True,
    help="预警之后多少天内出现结果才算说中 days ahead that a warning is about",
)
@click.option("--followed-to", type=_DAY, help="结果收集到哪天 outcomes are complete to this day")
@click.option("--outcome", "kinds", multiple=True, help="只用某种结果 only this kind of outcome")
@click.option("--snapshots", type=_FOLDER, help="用当时的快照（湖目录）a lake with past snapshots")
@click.option("--trust-observed", is_flag=True, help="读数按观测日算作已知 known when observed")
@click.option("--place", default="", help="地点代码开头，如县六位 leading digits of places")
@click.option("--workers", type=click.IntRange(min=1), help="工作人员数 instead of one a village")
@click.option("--json", "as_json", is_flag=True)
@click.option("--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path), help="另存")
def backtest(
    outcomes: Path,
    start: dt.datetime,
    end: dt.datetime | None,
    horizon: int,
    followed_to: dt.datetime | None,
    kinds: tuple[str, ...],
    snapshots: Path | None,
    trust_observed: bool,
    place: str,
    workers: int | None,
    as_json: bool,
    csv_file: Path | None,
) -> None:
    """Judge the ends of past months and hold what was said against OUTCOMES.

    OUTCOMES is CSV or Parquet with subject (户编号), date (日期) and outcome (结果). Only readings
    that were observed and stored by the day judged count.
    """
    today = timezone.localdate()
    try:
        report = run_backtest(
            outcomes=read_outcomes(outcomes, today=today, kinds=frozenset(kinds)),
            asked=Asked(
                start=start.date(),
                end=end.date() if end else today,
                horizon=horizon,
                followed_to=followed_to.date() if followed_to else None,
                snapshots=snapshots,
                trusted=trust_observed,
                place=place,
                workers=workers,
            ),
            by=None,
            progress=lambda what: click.echo(f"… {what}", err=True),
        )
    except (OutcomesInvalid, NothingToTest, LookupError) as error:
        raise click.ClickException(str(error)) from error
    except (duckdb.BinderException, duckdb.InvalidInputException) as error:
        raise click.ClickException(f"文件不能读 the file cannot be read: {error}") from error
    if csv_file:
        csv_file.write_text(report.as_csv(), encoding="utf-8-sig")
    click.echo(report.as_json() if as_json else as_text(report))
