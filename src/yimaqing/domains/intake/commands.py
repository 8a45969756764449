"""`yimaqing import` and `yimaqing datasets`."""

from __future__ import annotations

import datetime as dt
import json
import logging
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.actions import normal_username
from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import permissions_of
from yimaqing.domains.intake.actions import keep_file, receive, unfinished
from yimaqing.domains.intake.catalogue import UnknownDataset, datasets
from yimaqing.domains.intake.layouts import reference, template
from yimaqing.domains.intake.messages import explain
from yimaqing.domains.intake.models import Batch, State
from yimaqing.domains.intake.permissions import IMPORT
from yimaqing.domains.intake.queries import ErrorLine, error_lines, error_rows, report
from yimaqing.domains.intake.running import BatchBroken, run
from yimaqing.domains.intake.undo.commands import undo
from yimaqing.kit.files import TooLarge

DONE, ROWS_REJECTED, FILE_UNUSABLE, INTERRUPTED, BROKEN = 0, 1, 2, 3, 4
_SHOWN_ERRORS = 20
log = logging.getLogger(__name__)
_PIECE = 1024 * 1024


@click.command("import")
@click.argument("dataset", required=False)
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="只检查不入库 check only")
@click.option("--all-or-nothing", is_flag=True, help="有一行被拒绝就都不入库 no row if one is bad")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出结果 report as JSON")
@click.option("--as", "username", help="以该用户的范围导入 import within this user's area")
@click.option("--source", default="", help="来源，显示在每条事实旁 shown beside each fact")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="数据日期 (default: today)")
@click.option("--errors", type=click.Path(dir_okay=False, path_type=Path), help="错误明细 CSV")
@click.option("--resume", type=int, metavar="BATCH", help="继续中断的批次 continue a batch")
def import_file(
    dataset: str | None,
    file: Path | None,
    dry_run: bool,
    all_or_nothing: bool,
    as_json: bool,
    username: str | None,
    source: str,
    as_of: dt.datetime | None,
    errors: Path | None,
    resume: int | None,
) -> None:
    """导入一个文件 Import FILE as DATASET.

    Exit status: 0 all rows taken, 1 some rejected, 2 file unusable, 3 interrupted: run the
    same command again, and it goes on after the last row that was stored; 4 the program
    failed, nothing was applied, the log says why.
    """
    show = _Progress(quiet=as_json)
    broken = False
    try:
        batch_id = resume or _batch(
            dataset, file, dry_run, username, source, as_of, all_or_nothing=all_or_nothing
        )
        try:
            batch = run(batch_id, show)
        except BatchBroken:
            broken = True
            log.exception("import of %s", file)
            batch = Batch.objects.using("owner").get(pk=batch_id)
    except (OperationalError, InterfaceError, KeyboardInterrupt) as error:
        click.echo(_("中断了；再次运行同一命令即从断点继续。%(why)s") % {"why": error}, err=True)
        sys.exit(INTERRUPTED)
    show.end()
    if errors:
        _write_errors(batch, errors)
    click.echo(json.dumps(report(batch), ensure_ascii=False) if as_json else _summary(batch))
    if batch.state == State.UNUSABLE:
        sys.exit(BROKEN if broken else FILE_UNUSABLE)
    sys.exit(ROWS_REJECTED if batch.rejected else DONE)


def _batch(
    dataset: str | None,
    file: Path | None,
    dry_run: bool,
    username: str | None,
    source: str,
    as_of: dt.datetime | None,
    *,
    all_or_nothing: bool,
) -> int:
    """The batch of a file: the interrupted one of the same content, else a new one."""
    if dataset is None or file is None:
        raise click.UsageError(_("请给出数据集和文件，或 --resume 批次号"))
    if dataset not in datasets():
        raise click.UsageError(
            _("没有数据集 %(name)s；可用：%(all)s")
            % {"name": dataset, "all": "、".join(datasets())}
        )
    name = normal_username(username) if username else None
    user = User.objects.filter(username=name).first() if name else None
    if username and user is None:
        raise click.UsageError(_("没有用户 %(name)s") % {"name": username})
    if user is not None and IMPORT not in permissions_of(user):
        said = explain(dataset, "may_not_import", {})
        raise click.UsageError(f"{username}：{said}")
    if not file.is_file():
        raise click.UsageError(_("没有文件 %(name)s") % {"name": file})
    try:
        stored = keep_file(_pieces(file))
    except TooLarge as error:
        said = explain(dataset, "too_large", {"limit_mb": int(str(error)) // 1024**2})
        click.echo(str(said), err=True)
        sys.exit(FILE_UNUSABLE)
    user_id = user.pk if user else None
    held = unfinished(
        dataset=dataset, sha256=stored.sha256, user_id=user_id, dry_run=dry_run, using="owner"
    )
    if held is not None:
        stored.path.unlink()
        return held.pk
    batch = receive(
        dataset=dataset,
        file_name=file.name,
        stored=stored,
        by=user,
        dry_run=dry_run,
        all_or_nothing=all_or_nothing,
        source=source,
        as_of=as_of.date() if as_of else None,
        using="owner",
    )
    return batch.pk


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(_PIECE):
            yield piece


class _Progress:
    """One line that says how far the batch is, on standard error."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._live = sys.stderr.isatty()
        self._began = time.monotonic()
        self._step = ""

    def __call__(self, step: str, batch: Batch) -> None:
        if self._quiet or (not self._live and step == self._step):
            return
        self._step = step
        seconds = time.monotonic() - self._began
        said = _STEPS.get(step, step)
        line = f"#{batch.pk} {_(said)} · {batch.rows_total:,} · {seconds:.0f} s"
        click.echo(f"\r\033[K{line}" if self._live else line, err=True, nl=not self._live)

    def end(self) -> None:
        """Leave the line behind."""
        if self._live and not self._quiet:
            click.echo("", err=True)


_STEPS = {
    "reading": "读取并检查",
    "comparing": "与在册记录比对",
    "updating": "更新",
    "inserting": "新增",
    "following": "写入历史与检索",
    "finished": "完成",
}


def _summary(batch: Batch) -> str:
    if batch.state == State.UNUSABLE:
        return _failure(batch)
    counts = _(
        "%(total)s 行 = 新增 %(created)s + 更新 %(updated)s + 不变 %(unchanged)s"
        " + 拒绝 %(rejected)s；提醒 %(warned)s 行"
    ) % {
        "total": f"{batch.rows_total:,}",
        "created": f"{batch.created:,}",
        "updated": f"{batch.updated:,}",
        "unchanged": f"{batch.unchanged:,}",
        "rejected": f"{batch.rejected:,}",
        "warned": f"{batch.warned:,}",
    }
    lines = [f"#{batch.pk} {batch.dataset} {batch.get_state_display()}", counts]
    if batch.failure:
        lines.append(_failure(batch))
    return "\n".join([*lines, *map(_fault, error_lines(batch, limit=_SHOWN_ERRORS))])


def _fault(line: ErrorLine) -> str:
    values = dict(vars(line))
    values["cell"] = (_("%(column)s “%(value)s”") if line.value else "%(column)s") % values
    if line.row:
        return _("第 %(row)s 行 %(cell)s：%(reason)s → %(remedy)s") % values
    return _("%(cell)s：%(reason)s → %(remedy)s") % values


def _failure(batch: Batch) -> str:
    failure = batch.failure or {}
    said = explain(batch.dataset, failure.get("code", ""), failure.get("params", {}))
    return _("%(file)s：%(said)s") % {"file": batch.file_name, "said": said}


def _write_errors(batch: Batch, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as opened:
        opened.writelines(error_rows(batch))


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


commands = [import_file, undo, list_datasets]
