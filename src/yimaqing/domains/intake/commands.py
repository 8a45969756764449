"""`yimaqing import` and `yimaqing datasets`."""

from __future__ import annotations

import datetime as dt
import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.actions import normal_username
from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import permissions_of
from yimaqing.domains.intake.actions import keep_file, receive, unfinished
from yimaqing.domains.intake.catalogue import AUTO, UnknownDataset, datasets
from yimaqing.domains.intake.discarding import NothingToDiscard, discard
from yimaqing.domains.intake.layouts import reference, template
from yimaqing.domains.intake.mapping.commands import guesses, mappings, plan_for
from yimaqing.domains.intake.messages import explain
from yimaqing.domains.intake.models import Batch, State
from yimaqing.domains.intake.permissions import IMPORT
from yimaqing.domains.intake.progress import Progress
from yimaqing.domains.intake.queries import report
from yimaqing.domains.intake.reading import FileUnusable
from yimaqing.domains.intake.returned.recognising import asked_for
from yimaqing.domains.intake.returned.settling import open_conflicts
from yimaqing.domains.intake.running import BatchBroken, run
from yimaqing.domains.intake.telling import summary, write_errors
from yimaqing.domains.intake.together import sent_with
from yimaqing.domains.intake.undo.commands import compare_batches, undo
from yimaqing.kit.files import TooLarge

DONE, ROWS_REJECTED, FILE_UNUSABLE, INTERRUPTED, BROKEN = 0, 1, 2, 3, 4
log = logging.getLogger(__name__)
_PIECE = 1024 * 1024


@click.command("import")
@click.argument("dataset", required=False)
@click.argument("files", nargs=-1, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--sheet", default="", help="工作簿里的工作表 (default: every one that fits)")
@click.option("--mapping", "mapping_name", default="", help="保存的名称或文件 saved name or file")
@click.option("--guess", "only_guess", is_flag=True, help="只认列，输出 JSON guess columns only")
@click.option("--returned", is_flag=True, help="导出后改过的名单 an exported list, edited")
@click.option("--mine/--theirs", default=None, help="两边都改过的格 cells changed on both sides")
@click.option("--dry-run", is_flag=True, help="只检查不入库 check only")
@click.option("--all-or-nothing", is_flag=True, help="有一行被拒绝就都不入库 no row if one is bad")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出结果 report as JSON")
@click.option("--as", "username", help="以该用户的范围导入 import within this user's area")
@click.option("--source", default="", help="来源，显示在每条事实旁 shown beside each fact")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="数据日期 (default: today)")
@click.option("--errors", type=click.Path(dir_okay=False, path_type=Path), help="错误明细 CSV")
@click.option("--resume", type=int, metavar="BATCH", help="继续中断的批次 continue a batch")
@click.option("--discard", "unwanted", type=int, metavar="BATCH", help="放弃等待的批次 give it up")
def import_file(
    dataset: str | None,
    files: tuple[Path, ...],
    sheet: str,
    mapping_name: str,
    only_guess: bool,
    returned: bool,
    mine: bool | None,
    dry_run: bool,
    all_or_nothing: bool,
    as_json: bool,
    username: str | None,
    source: str,
    as_of: dt.datetime | None,
    errors: Path | None,
    resume: int | None,
    unwanted: int | None,
) -> None:
    """导入文件 Import FILES as DATASET; DATASET auto: told from each sheet.

    --returned FILES (no DATASET) takes back exported lists: changed cells alone. Cells that
    the register has changed since wait for --mine or --theirs, nothing is applied before.

    Exit status: 0 all rows taken, 1 some rejected or to be chosen, 2 file unusable or its columns
    unclear, 3 interrupted: run the same command again, and it goes on after the last row that was
    stored; 4 the program failed, nothing was applied, the log says why.
    """
    if only_guess:
        click.echo(json.dumps(guesses(_known(dataset), files, sheet), ensure_ascii=False))
        return
    if unwanted is not None:
        _discard(unwanted, username, as_json=as_json)
        return
    plan = None
    if returned:
        dataset, files = AUTO, (*([Path(dataset)] if dataset else []), *files)
        plan = asked_for(mine=mine)
    asked = Asked(dry_run, all_or_nothing, username, source, as_of.date() if as_of else None, sheet)
    show = Progress(quiet=as_json)
    outcomes: list[tuple[Batch, bool]] = []
    try:
        first = [resume] if resume else _batches(dataset, files, mapping_name, asked, plan)
        for batch_id in first:
            outcomes.append(_taken(batch_id, show))
            outcomes += [_taken(other.pk, show) for other in sent_with(outcomes[-1][0])]
    except (OperationalError, InterfaceError, KeyboardInterrupt) as error:
        click.echo(_("中断了；再次运行同一命令即从断点继续。%(why)s") % {"why": error}, err=True)
        sys.exit(INTERRUPTED)
    show.end()
    batches = [batch for batch, _ in outcomes]
    if errors:
        write_errors(batches, errors)
    reports = [report(batch) for batch in batches]
    if as_json:
        click.echo(json.dumps(reports[0] if len(reports) == 1 else reports, ensure_ascii=False))
    else:
        click.echo("\n".join(map(summary, batches)))
    sys.exit(max(_status(batch, broken=broken) for batch, broken in outcomes))


def _discard(number: int, username: str | None, *, as_json: bool) -> None:
    """End a batch that waits; within a user's area where one is named."""
    batch = Batch.objects.using("owner").filter(pk=number).first()
    if batch is None:
        raise click.UsageError(_("没有批次 %(batch)s") % {"batch": number})
    try:
        batch = discard(batch=batch, by=_user(batch.dataset, username))
    except NothingToDiscard as error:
        said = _("批次 %(number)s 不在等待：%(state)s") % {
            "number": number,
            "state": batch.get_state_display(),
        }
        raise click.ClickException(said) from error
    except PermissionDenied as error:
        said = _("批次 %(number)s 不在 %(name)s 负责的范围") % {"number": number, "name": username}
        raise click.ClickException(said) from error
    click.echo(json.dumps(report(batch), ensure_ascii=False) if as_json else summary(batch))


def _status(batch: Batch, *, broken: bool) -> int:
    if broken:
        return BROKEN
    if batch.state in (State.UNUSABLE, State.COLUMNS, State.RECEIVED):
        return FILE_UNUSABLE
    return ROWS_REJECTED if batch.rejected or open_conflicts(batch) else DONE


def _taken(batch_id: int, show: Progress) -> tuple[Batch, bool]:
    """A batch that was run, and whether the program failed at it."""
    try:
        return run(batch_id, show), False
    except BatchBroken:
        log.exception("import of batch %d", batch_id)
        return Batch.objects.using("owner").get(pk=batch_id), True


@dataclass(frozen=True)
class Asked:
    """What the command line asks for all files."""

    dry_run: bool
    all_or_nothing: bool
    username: str | None
    source: str
    as_of: dt.date | None
    sheet: str


def _batches(
    dataset: str | None,
    files: tuple[Path, ...],
    mapping_name: str,
    asked: Asked,
    plan: dict[str, Any] | None,
) -> list[int]:
    """A batch of each file, those that need others behind them."""
    if dataset is None or not files:
        raise click.UsageError(_("请给出数据集和文件，或 --resume 批次号"))
    dataset = _known(dataset)
    user = _user(dataset, asked.username)
    if mapping_name:
        try:
            plan = plan_for(mapping_name, dataset, user).as_json()
        except FileUnusable as error:
            click.echo(str(explain(dataset, error.code, error.params)), err=True)
            sys.exit(FILE_UNUSABLE)
    name = plan.get("dataset", dataset) if plan else dataset
    return [_batch(name, one, plan, user, asked) for one in files]


def _known(dataset: str | None) -> str:
    if dataset != AUTO and dataset not in datasets():
        raise click.UsageError(
            _("没有数据集 %(name)s；可用：%(all)s")
            % {"name": dataset, "all": "、".join([*datasets(), AUTO])}
        )
    return str(dataset)


def _user(dataset: str, username: str | None) -> User | None:
    name = normal_username(username) if username else None
    user = User.objects.filter(username=name).first() if name else None
    if username and user is None:
        raise click.UsageError(_("没有用户 %(name)s") % {"name": username})
    if user is not None and IMPORT not in permissions_of(user):
        said = explain(dataset, "may_not_import", {})
        raise click.UsageError(f"{username}：{said}")
    return user


def _batch(
    dataset: str, file: Path, plan: dict[str, Any] | None, user: User | None, asked: Asked
) -> int:
    """The batch of a file: the interrupted one of the same content, else a new one."""
    if not file.is_file():
        raise click.UsageError(_("没有文件 %(name)s") % {"name": file})
    try:
        stored = keep_file(_pieces(file))
    except TooLarge as error:
        said = explain(dataset, "too_large", {"limit_mb": int(str(error)) // 1024**2})
        click.echo(str(said), err=True)
        sys.exit(FILE_UNUSABLE)
    held = unfinished(
        dataset=dataset,
        sha256=stored.sha256,
        user_id=user.pk if user else None,
        dry_run=asked.dry_run,
        sheet=asked.sheet,
        using="owner",
    )
    if held is not None:
        stored.path.unlink()
        return held.pk
    batch = receive(
        dataset=dataset,
        file_name=file.name,
        stored=stored,
        by=user,
        dry_run=asked.dry_run,
        all_or_nothing=asked.all_or_nothing,
        source=asked.source,
        as_of=asked.as_of,
        sheet=asked.sheet,
        plan=plan,
        using="owner",
    )
    return batch.pk


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(_PIECE):
            yield piece


@click.command("datasets")
@click.option("--markdown", is_flag=True, help="生成参考页 write the reference page")
@click.option("--template", "name", help="输出一个数据集的空白模板 header row of a dataset")
def list_datasets(markdown: bool, name: str | None) -> None:
    """可导入的数据集及其列 What can be imported, and with which columns."""
    if name:
        try:
            click.echo(template(name), nl=False)
        except UnknownDataset as error:
            raise click.UsageError(_("没有数据集 %(name)s") % {"name": name}) from error
    elif markdown:
        click.echo(reference(), nl=False)
    else:
        for one in datasets().values():
            click.echo(f"{one.name:<20}{_(one.label)}  {len(one.columns)}")


commands = [import_file, undo, compare_batches, list_datasets, mappings]
