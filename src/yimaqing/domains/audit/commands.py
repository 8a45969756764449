"""`yimaqing audit …`."""

from __future__ import annotations

import json
import sys

import click

from yimaqing.domains.audit.sealing import accept_head, seal
from yimaqing.domains.audit.verification import Report, verify


@click.group()
def audit() -> None:
    """审计：封存与校验操作记录 (seal and verify the trail)."""


@audit.command("seal")
@click.option("--json", "as_json", is_flag=True, help="print one JSON object")
@click.option(
    "--accept-head",
    "accept_head_reason",
    metavar="REASON",
    help="after a restore from an older backup: accept that the trail ends earlier, and say why",
)
def seal_command(as_json: bool, accept_head_reason: str | None) -> None:
    """Chain committed entries now; the jobs service does it every minute."""
    if accept_head_reason:
        accept_head(reason=accept_head_reason)
    sealed = seal()
    click.echo(json.dumps({"sealed": sealed}) if as_json else f"已封存 {sealed} 条 (sealed)")


@audit.command("verify")
@click.option("--json", "as_json", is_flag=True, help="print one JSON object")
def verify_command(as_json: bool) -> None:
    """Name every changed, missing or inserted entry; exit status 1 when there is one."""
    report = verify()
    click.echo(json.dumps(report.as_dict()) if as_json else _in_words(report))
    if not report.intact:
        sys.exit(1)


def _in_words(report: Report) -> str:
    lines = [f"已封存 {report.sealed} 条，未封存 {report.tail} 条"]
    if report.tail:
        lines[0] += f"（最早 {report.tail_oldest_seconds:.0f} 秒前）"
    for label, found in (
        ("被改动 changed", report.changed),
        ("被删除 missing", report.missing),
        ("事后插入 inserted", report.inserted),
        ("链环缺失 lost seals", report.lost_seals),
        ("密钥缺失 unknown keys", report.unknown_keys),
    ):
        if found:
            lines.append(f"{label}: {', '.join(map(str, found[:20]))}（共 {len(found)}）")
    if report.end_cut_off:
        lines.append(
            "链尾被截断 end cut off：库中缺少上次封存的末端。若刚从较早的备份恢复，"
            "运行 yimaqing audit seal --accept-head 原因"
        )
    lines.append("完好 intact" if report.intact else "发现篡改 TAMPERED")
    return "\n".join(lines)


commands: list[click.Command] = [audit]
