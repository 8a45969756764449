"""`yimaqing monitoring poverty`: the index of Alkire and Foster by place, for a year."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import click

from yimaqing.domains.monitoring.poverty import kept
from yimaqing.domains.monitoring.poverty.index import READINGS, Sums
from yimaqing.domains.monitoring.rulebook import patterns_folder, weights_in_force
from yimaqing.domains.monitoring.rules import RulesetInvalid
from yimaqing.domains.monitoring.rules.ruleset import INDICATORS

_DIGITS = {"prefecture": 4, "county": 6, "township": 9, "village": 12}


@click.command()
@click.option("--year", type=int, help="年度，默认最近一年 by default the latest")
@click.option(
    "--by", "level", type=click.Choice(list(_DIGITS)), default="county", show_default=True
)
@click.option(
    "--unit", type=click.Choice(["households", "people"]), default="households", show_default=True
)
@click.option("--csv", "as_csv", is_flag=True)
@click.option("--json", "as_json", is_flag=True)
def poverty(year: int | None, level: str, unit: str, as_csv: bool, as_json: bool) -> None:
    """Print H, A and M0 of each place of a LEVEL and of the whole, and what makes them."""
    days = kept.days(patterns_folder())
    chosen = days.get(year or next(iter(days), 0))
    if chosen is None:
        known = "、".join(map(str, days)) or "-"
        raise click.ClickException(
            f"没有这一年的评判：现有 {known}；补算用 yimaqing monitoring run --as-of 该年某日"
            " no day of that year was judged"
        )
    try:
        weights = weights_in_force()
    except RulesetInvalid as error:
        raise click.ClickException(str(error)) from error
    day, path = chosen
    whole = kept.measure(path, weights, unit=unit)
    parts = kept.measure(path, weights, digits=_DIGITS[level], unit=unit)
    rows = [
        {"as_of": f"{day}", "place": place, "unknown": reading} | _figures(sums[reading])
        for place, sums in [*whole.items(), *sorted(parts.items())]
        for reading in READINGS
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    elif as_csv:
        click.echo(_table(rows), nl=False)
    else:
        for line in _told(rows):
            click.echo(line)


def _figures(sums: Sums) -> dict[str, Any]:
    shares = zip(INDICATORS, sums.lacking, sums.contributions, strict=True)
    return {
        "n": sums.n,
        "q": sums.q,
        "H": sums.h,
        "A": sums.a,
        "M0": sums.m0,
        "officially_poor": sums.poor,
        "listed": sums.listed,
        "poor_not_listed": sums.unlisted,
        **{
            f"{code}_{name}": share
            for code, lacking, part in shares
            for name, share in (("lacking", lacking), ("contribution", part))
        },
    }


def _table(rows: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]) if rows else ["place"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _told(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        h, a, m0 = ("-" if row[name] is None else f"{row[name]:.5f}" for name in ("H", "A", "M0"))
        yield (
            f"{row['as_of']}\t{row['place'] or '全部 all'}\t{row['unknown']}\t{row['n']:,}"
            f"\tH {h}\tA {a}\tM0 {m0}"
        )
