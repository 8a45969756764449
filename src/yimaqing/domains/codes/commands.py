"""`yimaqing codes`: issue, reissue, revoke, show."""

from __future__ import annotations

import json
import sys
import time

import click

from yimaqing.domains.codes import actions
from yimaqing.domains.codes.actions import AlreadyIssued, CodeNotActive, ReasonMissing
from yimaqing.domains.codes.addresses import (
    AddressNotPrintable,
    printable_address,
    require_printable,
)
from yimaqing.domains.codes.kinds import cards
from yimaqing.domains.codes.labels.commands import labels
from yimaqing.domains.codes.models import Code
from yimaqing.domains.codes.queries import active_code, find_code
from yimaqing.domains.codes.tokens import printed_number
from yimaqing.domains.places.queries import path_of

OWNER = "owner"


@click.group()
def codes() -> None:
    """二维码 Codes of households, villages, townships, counties."""


@codes.command("issue")
@click.argument("place")
@click.option("--json", "as_json", is_flag=True)
def issue(place: str, as_json: bool) -> None:
    """Issue what is missing at PLACE (12-digit code) and below it; run again, it makes none."""
    _kind, level = _place(place)
    began = time.monotonic()
    made = actions.issue_subtree(
        place_code=place, level=level, by=None, actor="system:codes issue", using=OWNER
    )
    seconds = round(time.monotonic() - began, 2)
    _warn_of_address()
    if as_json:
        click.echo(json.dumps({"place": place, "issued": made, "seconds": seconds}))
        return
    counts = " · ".join(f"{kind} {number:,}" for kind, number in made.items())
    click.echo(f"已发码 issued: {counts} ({seconds} s)")


def _warn_of_address() -> None:
    """Codes may be issued before the address is known, but they must not be printed."""
    try:
        require_printable()
    except AddressNotPrintable as error:
        click.echo(
            f"注意：手机打不开 {error}，印制前先设 YIMAQING_PUBLIC_URL"
            " no phone reaches that address: set YIMAQING_PUBLIC_URL before printing",
            err=True,
        )


@codes.command("show")
@click.argument("code", required=False)
@click.option("--place", help="地点代码 the code in use of a county, township or village")
@click.option("--json", "as_json", is_flag=True)
def show(code: str | None, place: str | None, as_json: bool) -> None:
    """Show a CODE, by its address, token or printed number; or the one of a PLACE."""
    if (code is None) == (place is None):
        raise click.UsageError("give a CODE or --place")
    found = _found(code) if code is not None else _of_place(place or "")
    facts = _facts(found)
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    for name, value in facts.items():
        click.echo(f"{name:12} {value}")


@codes.command("revoke")
@click.argument("code")
@click.option("--reason", required=True, help="原因 why; kept with the code")
def revoke(code: str, reason: str) -> None:
    """End a CODE: scanned, it leads nowhere."""
    found = _found(code)
    try:
        actions.revoke(code=found, reason=reason, by=None, actor="system:codes revoke", using=OWNER)
    except (CodeNotActive, ReasonMissing) as error:
        _refuse(error)
    click.echo(f"已停用 revoked: {printed_number(found.pk)}")


@codes.command("reissue")
@click.argument("code")
@click.option("--reason", required=True, help="原因 why; kept with the code")
def reissue(code: str, reason: str) -> None:
    """Replace a CODE by a new one, which is shown."""
    try:
        new = actions.reissue(
            code=_found(code), reason=reason, by=None, actor="system:codes reissue", using=OWNER
        )
    except (AlreadyIssued, CodeNotActive, ReasonMissing) as error:
        _refuse(error)
    for name, value in _facts(new).items():
        click.echo(f"{name:12} {value}")


def _refuse(error: Exception) -> None:
    words = {
        "AlreadyIssued": "已有有效的码 it has an active code, which codes show names",
        "CodeNotActive": "这个码已停用或换发 the code was revoked or replaced before",
        "ReasonMissing": "请写明原因 give a reason",
    }
    click.echo(words[type(error).__name__], err=True)
    sys.exit(2)


def _found(text: str) -> Code:
    code = find_code(text, using=OWNER)
    if code is None:
        click.echo(f"没有这个码 no such code: {text}", err=True)
        sys.exit(2)
    return code


def _place(code: str) -> tuple[str, int]:
    """Kind and level of a known place."""
    found = [place for place in path_of(code) if place.code == code]
    if not found:
        click.echo(f"没有地点 no such place: {code}", err=True)
        sys.exit(2)
    return found[0].kind, found[0].level


def _of_place(place_code: str) -> Code:
    kind, _level = _place(place_code)
    if kind not in cards():
        click.echo(f"这类地点没有码 no codes for this kind of place: {kind}", err=True)
        sys.exit(2)
    code = active_code(kind, place_code, using=OWNER)
    if code is None:
        click.echo(
            f"没有有效的码 no active code: {place_code}（yimaqing codes issue {place_code}）",
            err=True,
        )
        sys.exit(2)
    return code


def _facts(code: Code) -> dict[str, str]:
    try:
        address = printable_address(code.token)
    except AddressNotPrintable as error:
        address = f"不可印 not printable: YIMAQING_PUBLIC_URL={error}"
    return {
        "number": printed_number(code.pk),
        "kind": code.kind,
        "place": code.place_code,
        "state": code.state,
        "issued": f"{code.issued_at:%Y-%m-%d %H:%M} {code.issued_by}",
        "ended": f"{code.ended_at:%Y-%m-%d %H:%M} {code.ended_by} {code.reason}"
        if code.ended_at
        else "",
        "address": address,
    }


commands: list[click.Command] = [codes, labels]
