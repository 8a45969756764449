"""Carrying out the demonstration's steps and saying how to see it."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from django.conf import settings

from yimaqing.config.demo.memory import recall
from yimaqing.config.demo.showing import qr_lines, table
from yimaqing.config.demo.steps import StepFailed, carry_out
from yimaqing.config.demo.users import USERS, helped_households
from yimaqing.domains.codes.addresses import address_of
from yimaqing.domains.codes.queries import active_code


def fill() -> int:
    """Carry out what is left to do, then say how to see it; the exit status."""
    memory = recall(settings.HOME)
    if memory is None or not settings.DEMO:
        click.echo("先运行 run `yimaqing demo` first", err=True)
        return 2
    try:
        with _alone(memory.home):
            carry_out(memory, click.echo)
    except StepFailed as error:
        click.echo(str(error), err=True)
        click.echo("演示未准备好 not ready; 重新运行即继续 run it again to go on", err=True)
        return 1
    _show(memory.passwords, memory.truth()["showcase"]["village"])
    return 0


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One run at a time; the kernel frees the lock of a killed one."""
    with (home / "demo.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StepFailed("另一次演示准备正在进行 another run is preparing it") from error
        yield


def _show(passwords: dict[str, str], village: str) -> None:
    click.secho("\n演示数据，不含任何真实个人 demo data, nobody in it is real", bold=True)
    click.echo(f"网址 address: {settings.PUBLIC_URL}/")
    # A demonstration of an earlier version has fewer.
    known = [one for one in USERS if one.username in passwords]
    rows = [(one.username, passwords[one.username], one.display_name) for one in known]
    for line in table([("登录名 log-in", "口令 password", "角色 role"), *rows]):
        click.echo(line)
    for line in _codes(village):
        click.echo(line)


def _codes(village: str) -> Iterator[str]:
    """Addresses of a village and of one of its households, the last one as a symbol too."""
    shown = [("一个村的码 a village's code", active_code("village", village, using="owner"))]
    for household in helped_households()[:1]:
        code = active_code("household", village, household, using="owner")
        shown.append(("一户的码 a household's code", code))
    address = ""
    for label, code in shown:
        if code is not None:
            address = address_of(code.token)
            yield f"\n{label}: {address}"
    if address:
        yield from qr_lines(address)
