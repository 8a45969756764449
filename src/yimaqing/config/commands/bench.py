"""`yimaqing bench NAME`: the measured bars."""

from __future__ import annotations

import json
import sys

import click

from yimaqing.config import benches


@click.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="only the JSON object, nothing beside it")
@click.option("--write", is_flag=True, help="into bench/results.json and docs/reference")
def bench(name: str, as_json: bool, write: bool) -> None:
    """测量 run one benchmark of bench/, or `all`; status 0 only when every bar is met.

    Prints a JSON object: name, value, unit, baseline (what, value), ratio, bar, met,
    peak_mib, rows, machine. With --write, its line in the table is replaced and the others stay.
    """
    try:
        names = benches.names() if name == "all" else [benches.known(name)]
    except benches.UnknownBench as error:
        raise click.ClickException(str(error)) from error
    met = True
    for each in names:
        if not as_json:
            click.echo(f"… {each}", err=True)
        try:
            result = benches.run(each)
        except benches.BrokenBench as error:
            click.echo(f"✗ {error}", err=True)
            met = False
            continue
        click.echo(json.dumps(result, ensure_ascii=False))
        met = met and bool(result["met"])
        if write:
            benches.write(result)
    sys.exit(0 if met else 1)
