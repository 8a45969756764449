"""`yimaqing checks`: which checks there are, how many doubts they find, and their page."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click
from django.db import connections

from yimaqing.domains.monitoring.checks import TOPICS, Check, load_checks, shipped_checks
from yimaqing.domains.monitoring.rulebook import checks_in_force
from yimaqing.domains.monitoring.rules import RulesetInvalid

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_TOPICS = {
    "guarantees": "三保障和饮水 Three guarantees and water",
    "monitoring": "监测对象 Monitored households",
    "help": "帮扶和退出 Help and exit",
    "members": "成员和原因 Members and causes",
    "labour": "劳动力和务工 Labour and work",
    "money": "土地和收入 Land and income",
}
_STATUS = {
    "cited": "",
    "unconfirmed": "（待确认 unconfirmed）",
    "proposal": "（本系统建议 our proposal）",
}


@click.group()
def checks() -> None:
    """核查 Facts of the register that do not agree (doubts), and the checks that find them."""


@checks.command("list")
def list_checks() -> None:
    """Print each check with how many doubts wait and how many are confirmed."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(_COUNTS)
        counts = {code: (waiting, done) for code, waiting, done in cursor.fetchall()}
    for check in checks_in_force().all:
        waiting, confirmed = counts.get(check.code, (0, 0))
        state = f"{waiting}\t{confirmed}" if check.is_on else "-\t-"
        click.echo(f"{state}\t{check.code}\t{check.zh} {check.en}")


@checks.command("verify")
@click.argument("file", type=FILE)
def verify(file: Path) -> None:
    """Read a file of checks: every fault with its line, reason and remedy."""
    try:
        found = load_checks(file)
    except RulesetInvalid as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    click.echo(f"{found.version}: {len(found.asked)}/{len(found.all)} 项核查，没有问题")


@checks.command("reference")
def print_reference() -> None:
    """Print the shipped checks as docs/reference/checks.md holds them."""
    click.echo(reference(), nl=False)


def reference() -> str:
    """The shipped checks as one Markdown page."""
    found = shipped_checks()
    lines = [
        "# 核查项 Data checks",
        "",
        "由 `yimaqing checks reference` 生成；不要手改。 Written by that command; do not edit.",
        "",
        (
            f"版本 version {found.version}，{len(found.all)} 项 checks。"
            "情况不明的不作疑点；核查“缺项”的除外。"
            "What nobody recorded is no doubt, except where the missing record is the question."
        ),
        "",
        (
            "证件号码的位数、校验码和重复在导入时核对；没有成员、没有户主、户主不止一人、人口数不符，"
            "另作待办。Length, check digit and duplicates of ID numbers are held at the door; a"
            " household without members or head, with several heads or another number of members"
            " is a to-do of its own."
        ),
    ]
    for topic in TOPICS:
        lines += ["", f"## {_TOPICS[topic]}", ""]
        lines += ["| 代码 code | 疑点 doubt | 取值 values | 处理 to do | 依据 source |"]
        lines += ["|---|---|---|---|---|"]
        lines += [_row(check) for check in found.all if check.topic == topic]
    return "\n".join(lines) + "\n"


def _row(check: Check) -> str:
    values = "；".join(_values(check))
    source = check.citation.text + _STATUS[check.citation.status]
    return (
        f"| `{check.code}` | {check.zh}<br>{check.en} | {values}"
        f" | {check.mend_zh}<br>{check.mend_en} | {source} |"
    )


def _values(check: Check) -> Iterator[str]:
    for name, number in check.numbers.items():
        yield f"{name} = {number}"
    for name, words in check.words.items():
        yield f"{name}: {', '.join(words)}"


_COUNTS = """
SELECT check_code, count(*) FILTER (WHERE confirmed_at IS NULL),
       count(*) FILTER (WHERE confirmed_at IS NOT NULL)
FROM monitoring_doubt WHERE closed_at IS NULL GROUP BY check_code
"""
