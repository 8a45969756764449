"""Write a synthetic register: ``python -m demo.generate --out DIR --scale small``.

The same scale, seed and day give the same bytes. Beside the files lies truth.json: the
rows of each file, every planted error, and the rows that fall with a rejected household.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from demo import files, margins, support, village_files
from demo.contacts import contacts
from demo.dirt import Bed
from demo.homes import homes
from demo.kinds import KINDS, NO_MEMBERS
from demo.money import income_lines, income_table, incomes, payments, register_years
from demo.registered import Register, register
from demo.villages import DIVISIONS, sample
from demo.visits import readings

SEED = 20200819
# a household before what refers to it
IMPORT_ORDER = (
    "village_year", "households", "persons", "incomes", "living_conditions", "measures",
    "payments", "pairings", "readings",
)  # fmt: skip
# At the small scale the other doors are used as well.
_FORMS = {"living_conditions": "gb18030", "pairings": "xlsx", "village_year": "bom"}
_SMALL_UP_TO = 20_000


@dataclass(frozen=True)
class Written:
    """What was written: file by dataset, rows by dataset, and the places to show first."""

    folder: Path
    files: dict[str, Path]
    rows: dict[str, int]
    showcase: dict[str, str]


def households_of(scale: str) -> int:
    """Archived households of ``small``, ``prefecture`` or a number."""
    named = {"small": margins.SMALL_HOUSEHOLDS, "prefecture": margins.ARCHIVED_HOUSEHOLDS}
    count = named.get(scale) or int(scale)
    if count < 13:
        raise ValueError("a register needs at least 13 households, one for each county")
    return count


def generate(out: Path, *, scale: str, seed: int = SEED, as_of: dt.date) -> Written:
    """Write all files and truth.json into ``out``; raise ValueError for an unknown scale."""
    count = households_of(scale)
    out.mkdir(parents=True, exist_ok=True)
    r = register(seed, sample(seed, count), np.datetime64(as_of))
    showcase = _showcase(r)
    beds = _spoiled(seed, _tables(seed, r, showcase["village"]))
    forms = _FORMS if count <= _SMALL_UP_TO else {}
    paths = {
        name: files.write(bed.table, out, name, forms.get(name, "csv"))
        for name, bed in beds.items()
    }
    rows = {name: bed.table.height for name, bed in beds.items()}
    truth = {
        "scale": scale, "seed": seed, "as_of": as_of.isoformat(),
        "archived_households": int((r.register_class == 0).sum()),
        "row_numbering": "the header is row 1",
        "files": {name: path.name for name, path in paths.items()},
        "import_order": list(IMPORT_ORDER),
        "showcase": showcase,
        "datasets": _truth(beds),
    }  # fmt: skip
    _write_json(out / "contacts.json", contacts(seed, r))
    lines = income_lines(register_years(r.as_of))
    (out / "income_lines.toml").write_text(lines, encoding="utf-8")
    _write_json(out / "truth.json", truth)
    return Written(out, paths, rows, showcase)


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def _tables(seed: int, r: Register, village: str) -> dict[str, pl.DataFrame]:
    years = incomes(seed, r)
    house = homes(seed, r)
    return {
        "households": r.table,
        "persons": r.persons.table(r.family, r.number),
        "incomes": income_table(r, years),
        "living_conditions": house.table,
        "measures": support.measures(seed, r, house),
        "payments": payments(seed, r, years[1]),
        "readings": readings(seed, r, house),
        "pairings": support.pairings(seed, r, village, _county_names()),
        "village_year": village_files.village_year(seed, r, years, house),
    }


def _spoiled(seed: int, tables: dict[str, pl.DataFrame]) -> dict[str, Bed]:
    beds: dict[str, Bed] = {}
    for name in KINDS:
        table = tables[name]
        if name == "persons":
            empty = beds["households"].keys(NO_MEMBERS, "户编号")
            table = table.filter(~table["户编号"].is_in(empty.implode()))
        beds[name] = Bed(seed, name, table)
        beds[name].plant(KINDS[name], margins.DIRTY_SHARE)
    return beds


def _truth(beds: dict[str, Bed]) -> dict[str, dict[str, object]]:
    """Per dataset what was planted, and the good rows that fall with what they belong to."""
    households = beds["households"].accepted("户编号")
    truth: dict[str, dict[str, object]] = {}
    for name, bed in beds.items():
        of_household = name not in ("households", "village_year")
        orphans = bed.rows_outside("户编号", households) if of_household else []
        truth[name] = bed.truth() | {"fall_with_household": orphans}
    persons = beds["persons"]
    fallen = persons.table.filter(~persons.table["户编号"].is_in(households.implode()))
    numbers = persons.accepted("证件号码")
    present = numbers.filter(~numbers.is_in(fallen["证件号码"].implode()))
    readings = beds["readings"]
    lost = set(readings.rows_outside("户编号", households))
    of_nobody = [row for row in readings.rows_outside("证件号码", present) if row not in lost]
    truth["readings"]["fall_with_person"] = of_nobody
    return truth


def _showcase(r: Register) -> dict[str, str]:
    """The village that the demonstration opens first: the largest poor one of a national county."""
    best = (
        r.villages.filter(pl.col("poor") | pl.col("county").is_in(margins.NATIONAL_COUNTIES))
        .sort("households", descending=True)
        .row(0, named=True)
    )
    return {
        "county": f"{best['county']}000000",
        "township": f"{best['township']}000",
        "village": best["code"],
        "helper_login": support.HELPER_LOGIN,
    }


def _county_names() -> dict[str, str]:
    table = pl.read_csv(DIVISIONS, infer_schema=False).filter(pl.col("level") == "county")
    return {code[:6]: name for code, name in table.select("code", "name").iter_rows()}


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m demo.generate", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--scale", default="small", help="small, prefecture or a number")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument(
        "--as-of", type=dt.date.fromisoformat, default=dt.date.today(), help="the register's today"
    )
    options = parser.parse_args(arguments)
    started = time.monotonic()
    try:
        written = generate(options.out, scale=options.scale, seed=options.seed, as_of=options.as_of)
    except ValueError as error:
        parser.error(str(error))
    for name, path in written.files.items():
        print(f"{written.rows[name]:>10,}  {path}")
    print(f"{time.monotonic() - started:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
