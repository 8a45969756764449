"""`yimaqing bench NAME`: the measured bars."""

from __future__ import annotations

import json
import sys

import click

from yimaqing.config import benches


@click.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="only the JSON object, nothing beside it")
@click.option("--write", is_flag=True, help="with all: bench/results.json and docs/reference")
def bench(name: str, as_json: bool, write: bool) -> None:
    """测量 run one benchmark of bench/, or `all`; status 0 only when every bar is met.

    Prints a JSON object: name, value, unit, baseline (what, value), ratio, bar, met,
    peak_mib, rows, machine.
    """
    try:
        names = benches.names() if name == "all" else [benches.known(name)]
    except benches.UnknownBench as error:
        raise click.ClickException(str(error)) from error
    results = []
    for each in names:
        if not as_json:
            click.echo(f"… {each}", err=True)
        results.append(benches.run(each))
        click.echo(json.dumps(results[-1], ensure_ascii=False))
    if write:
        benches.write(results)
    sys.exit(0 if all(result["met"] for result in results) else 1)
