"""`yimaqing undo`."""

from __future__ import annotations

import csv
import json
import logging
import sys
from dataclasses import asdict
from pathlib import Path

import click
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.actions import normal_username
from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import permissions_of, scope_of
from yimaqing.domains.intake.comparing import NotAlike, compare
from yimaqing.domains.intake.messages import explain
from yimaqing.domains.intake.models import Batch, Undo, UndoState
from yimaqing.domains.intake.permissions import IMPORT
from yimaqing.domains.intake.queries import plain_cells
from yimaqing.domains.intake.running import BatchBroken
from yimaqing.domains.intake.undo.queries import (
    all_lines,
    left_cells,
    left_headings,
    undo_report,
)
from yimaqing.domains.intake.undo.requests import CannotUndo, undo_batch
from yimaqing.domains.intake.undo.running import run_undo

DONE, SOME_LEFT, REFUSED, INTERRUPTED, BROKEN = 0, 1, 2, 3, 4
_SHOWN = 20
log = logging.getLogger(__name__)


@click.command("undo")
@click.argument("batch", type=int)
@click.option("--dry-run", is_flag=True, help="只试算 tell what would happen")
@click.option("--reason", default="", help="原因，写入履历 shown in every record's history")
@click.option("--as", "username", help="以该用户的范围撤销 within this user's area")
@click.option("--left", type=click.Path(dir_okay=False, path_type=Path), help="保留明细 CSV")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出结果 report as JSON")
def undo(
    batch: int,
    dry_run: bool,
    reason: str,
    username: str | None,
    left: Path | None,
    as_json: bool,
) -> None:
    """撤销一个批次 Take BATCH back.

    What it created goes, what it changed is as before; what others have changed since stays and
    is listed. Exit status: 0 all of it, 1 some of it left as it is, 2 refused, 3 interrupted: run
    the same command again; 4 the program failed, nothing was undone, the log says why.
    """
    held = Batch.objects.using("owner").filter(pk=batch).first()
    if held is None:
        raise click.UsageError(_("没有批次 %(batch)s") % {"batch": batch})
    user = _user(username, held)
    said = reason.strip() or _("撤销批次 %(batch)s") % {"batch": batch}
    try:
        asked = undo_batch(batch=held, reason=said, by=user, dry_run=dry_run, using="owner")
        done = run_undo(asked.pk, lambda step: _say(step, quiet=as_json))
    except CannotUndo as error:
        click.echo(str(error), err=True)
        sys.exit(REFUSED)
    except BatchBroken:
        log.exception("undo of batch %d", batch)
        done = Undo.objects.using("owner").select_related("batch").get(pk=asked.pk)
        click.echo(_words(done), err=True)
        sys.exit(BROKEN)
    except (OperationalError, InterfaceError, KeyboardInterrupt) as error:
        click.echo(_("中断了；再次运行同一命令即可。%(why)s") % {"why": error}, err=True)
        sys.exit(INTERRUPTED)
    if left:
        _write_left(done, left)
    click.echo(json.dumps(undo_report(done), ensure_ascii=False) if as_json else _words(done))
    if done.state == UndoState.REFUSED:
        sys.exit(REFUSED)
    sys.exit(SOME_LEFT if done.kept else DONE)


def _user(username: str | None, batch: Batch) -> User | None:
    if not username:
        return None
    user = User.objects.filter(username=normal_username(username)).first()
    if user is None:
        raise click.UsageError(_("没有用户 %(name)s") % {"name": username})
    if IMPORT not in permissions_of(user):
        raise click.UsageError(f"{username}：{explain(batch.dataset, 'may_not_import', {})}")
    if batch.user_id != user.pk and not scope_of(user, IMPORT).covers(batch.place_code):
        raise click.UsageError(_("没有批次 %(batch)s") % {"batch": batch.pk})
    return user


@click.command("compare")
@click.argument("first", type=int)
@click.argument("second", type=int)
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出结果 report as JSON")
def compare_batches(first: int, second: int, as_json: bool) -> None:
    """比较同一数据集的两个批次 Hold FIRST and SECOND, batches of one dataset, side by side.

    Exit status: 0 the same rows, 1 they differ, 2 they cannot be compared.
    """
    pair = [Batch.objects.using("owner").filter(pk=number).first() for number in (first, second)]
    if pair[0] is None or pair[1] is None:
        raise click.UsageError(_("没有批次 %(batch)s") % {"batch": second if pair[0] else first})
    try:
        found = compare(pair[0], pair[1])
    except NotAlike as error:
        raise click.UsageError(_("不能比较：%(why)s") % {"why": error}) from error
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False))
    else:
        click.echo(
            _("相同 %(same)s 行，不同 %(changed)s 行；只在前者 %(first)s 行，后者 %(second)s 行")
            % {
                "same": f"{found.same:,}",
                "changed": f"{found.changed:,}",
                "first": f"{found.only_first:,}",
                "second": f"{found.only_second:,}",
            }
        )
        for name, count in found.fields:
            click.echo(f"{name}\t{count:,}")
    sys.exit(1 if found.changed or found.only_first or found.only_second else 0)


_STEPS = {
    "comparing": "与在册记录比对",
    "removing": "移出新增的记录",
    "restoring": "恢复旧值",
    "following": "写入履历与检索",
    "finished": "完成",
}


def _say(step: str, *, quiet: bool) -> None:
    if not quiet:
        click.echo(_(_STEPS.get(step, step)), err=True)


def _words(done: Undo) -> str:
    if done.failure:
        return str(explain(done.batch.dataset, done.failure["code"], done.failure["params"]))
    counts = _("移出 %(removed)s 行，恢复 %(restored)s 行，保留 %(kept)s 行") % {
        name: f"{getattr(done, name):,}" for name in ("removed", "restored", "kept")
    }
    lines = [f"#{done.batch_id} {done.batch.dataset} {done.get_state_display()}", counts]
    if done.later:
        lines.append(
            _("之后还入库过批次 %(later)s；需要时把那些文件再导入一次")
            % {"later": "、".join(map(str, done.later))}
        )
    for number, line in enumerate(all_lines(done)):
        if number == _SHOWN:
            break
        lines.append(" · ".join(filter(None, (line.label, line.field, line.reason, line.remedy))))
    return "\n".join(lines)


def _write_left(done: Undo, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(left_headings())
        for line in all_lines(done):
            writer.writerow(plain_cells(left_cells(line)))
