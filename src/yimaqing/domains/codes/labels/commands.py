"""`yimaqing labels`: sheets of printed codes."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sys
import time
from pathlib import Path

import click
from django.conf import settings
from django.db import InterfaceError, OperationalError

from yimaqing.domains.codes.actions.labels import BadStart, ask_for_labels
from yimaqing.domains.codes.addresses import AddressNotPrintable
from yimaqing.domains.codes.kinds import cards
from yimaqing.domains.codes.labels.choosing import Asked, Only, Order, Place
from yimaqing.domains.codes.labels.forms import coming_year
from yimaqing.domains.codes.labels.layout import layouts
from yimaqing.domains.codes.labels.printing import part_path, print_run
from yimaqing.domains.codes.labels.process import DrawingFailed
from yimaqing.domains.codes.models import LabelRun, RunState
from yimaqing.domains.codes.queries import find_codes
from yimaqing.domains.places.queries import path_of
from yimaqing.kit.crypto import keyring
from yimaqing.kit.files import open_stored
from yimaqing.ui.paper.lettering import FontsMissing

DONE, CHARACTERS_MISSING, REFUSED, INTERRUPTED = 0, 1, 2, 3
OWNER, ACTOR = "owner", "system:labels"


@click.command("labels")
@click.argument("place")
@click.option(
    "--layout", type=click.Choice(list(layouts())), default="24", show_default=True,
    help="版式：每张几枚、单卡、挂历 labels a sheet, card or wall calendar",
)  # fmt: skip
@click.option("--kind", default="household", show_default=True, help="户或地点 kind of code")
@click.option(
    "--only", type=click.Choice([one.value for one in Only]), default="all", show_default=True,
    help="全部、新发、换发、未印 which of the active codes",
)  # fmt: skip
@click.option(
    "--order", type=click.Choice([one.value for one in Order]), default="route",
    show_default=True, help="按入户路线或按编号 by team and door, or by number",
)  # fmt: skip
@click.option("--code", "codes", multiple=True, help="只印这些码（编号或网址） these codes only")
@click.option("--start", type=int, default=1, show_default=True, help="从第几枚位置起 first free")
@click.option("--year", type=int, help="挂历年份 of a calendar (default: the coming one)")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True)
def labels(
    place: str,
    layout: str,
    kind: str,
    only: str,
    order: str,
    codes: tuple[str, ...],
    start: int,
    year: int | None,
    out: Path,
    as_json: bool,
) -> None:
    """印码：把 PLACE（12 位区划代码）及以下的码排成 PDF Sheets of the codes at PLACE and below.

    More than 250 sheets are written as OUT-01.pdf, OUT-02.pdf … Exit status: 0 printed, 1 some
    characters are in no font (named), 2 refused, 3 interrupted: run it again, it goes on.
    """
    if kind not in cards():
        _refuse(f"没有这类码 no such kind of code: {kind}（{'、'.join(cards())}）")
    asked = Asked(
        kind=kind,
        only=only,
        order=order,
        start=start,
        year=(year or coming_year(dt.date.today())) if layouts()[layout].calendar else 0,
        codes=_numbers(codes),
    )
    show = _Progress(quiet=as_json)
    try:
        run = _run(_place(place), layout, asked)
        run = print_run(run.pk, using=OWNER, show=show)
    except (OperationalError, InterfaceError, DrawingFailed, KeyboardInterrupt) as error:
        click.echo(f"中断了，再次运行同一命令即继续 interrupted: {error}", err=True)
        sys.exit(INTERRUPTED)
    except FontsMissing as error:
        _refuse(f"缺字体，请先运行 make setup fonts are missing: {error}")
    files = _written(run, out)
    _report(run, files, show.seconds, as_json=as_json)
    sys.exit(CHARACTERS_MISSING if run.missing else DONE)


def _run(place: Place, layout: str, asked: Asked) -> LabelRun:
    """The interrupted run of the same command, else a new one."""
    left = LabelRun.objects.using(OWNER).filter(
        actor=ACTOR,
        state__in=[RunState.ASKED, RunState.DRAWING],
        place_code=place.code,
        place_level=place.level,
        layout=layout,
        asked=asked.stored(),
    )
    held = left.order_by("-pk").first()
    if held is not None:
        return held
    try:
        return ask_for_labels(
            place=place, layout=layout, asked=asked, by=None, actor=ACTOR, using=OWNER
        )
    except AddressNotPrintable as error:
        _refuse(
            f"手机打不开 {error}，印出来的码会作废；先把 YIMAQING_PUBLIC_URL 设为对外的网址"
            " no phone reaches that address: set YIMAQING_PUBLIC_URL first"
        )
    except BadStart as error:
        _refuse(f"这种纸只有 {error} 个位置 the sheet has only that many positions")
    raise AssertionError  # _refuse does not come back


def _written(run: LabelRun, out: Path) -> list[Path]:
    """The parts as plain files; each appears under its name when it is whole."""
    names = [out] if run.parts == 1 else [_numbered(out, n) for n in range(1, run.parts + 1)]
    out.parent.mkdir(parents=True, exist_ok=True)
    for part, name in enumerate(names, start=1):
        unfinished = name.with_name(f".{name.name}.unfinished")
        with open_stored(part_path(run.pk, part), keyring(settings.DATA_KEYS)) as sealed:
            with unfinished.open("wb") as plain:
                shutil.copyfileobj(sealed, plain)
        unfinished.replace(name)
    return names


def _numbered(out: Path, part: int) -> Path:
    return out.with_name(f"{out.stem}-{part:02d}{out.suffix}")


def _report(run: LabelRun, files: list[Path], seconds: float, *, as_json: bool) -> None:
    if as_json:
        facts = {
            "run": run.pk,
            "place": run.place_code,
            "layout": run.layout,
            "labels": run.labels,
            "sheets": run.sheets,
            "files": [str(file) for file in files],
            "missing": run.missing,
            "seconds": round(seconds, 2),
        }
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    if not files:
        click.echo("没有要印的码 nothing to print")
    for file in files:
        click.echo(str(file))
    click.echo(f"{run.labels:,} 枚 labels · {run.sheets:,} 张 sheets ({seconds:.1f} s)")
    for character, numbers in run.missing.items():
        where = "、".join(numbers)
        click.echo(
            f"缺字 no font has U+{ord(character):04X} {character}：{where}；"
            "装一套含生僻字的字体后重印，或手写补上 install a font with it, or write it by hand",
            err=True,
        )


def _numbers(texts: tuple[str, ...]) -> tuple[int, ...]:
    found = find_codes(texts, using=OWNER)
    unknown = [text for text, code in found.items() if code is None]
    if unknown:
        _refuse(f"没有这个码 no such code: {'、'.join(unknown)}")
    return tuple(sorted(code.pk for code in found.values() if code is not None))


def _place(code: str) -> Place:
    found = [place for place in path_of(code) if place.code == code]
    if not found:
        _refuse(f"没有地点 no such place: {code}")
    return Place(found[0].code, found[0].level)


def _refuse(said: str) -> None:
    click.echo(said, err=True)
    sys.exit(REFUSED)


class _Progress:
    """How far the run is, on standard error."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self._began

    def __call__(self, run: LabelRun) -> None:
        if not self._quiet:
            said = f"#{run.pk} {run.parts_done}/{run.parts} · {self.seconds:.0f} s"
            click.echo(said, err=True)
