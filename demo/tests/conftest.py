import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from demo.generate import Written, generate

AS_OF = dt.date(2026, 11, 22)


@dataclass
class Generated:
    written: Written
    truth: dict[str, Any]
    clean: dict[str, pl.DataFrame]  # without the planted rows
    whole: dict[str, pl.DataFrame]


def read(path: Path) -> pl.DataFrame:
    if path.suffix == ".xlsx":
        header, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        columns = zip(*rows, strict=True)
        return pl.DataFrame(
            {
                str(name): [None if cell == "" else str(cell) for cell in cells]
                for name, cells in zip(header, columns, strict=True)
            },
            schema_overrides={str(name): pl.String for name in header},
        )
    encoding = "gb18030" if path.stem == "living_conditions" else "utf-8-sig"
    return pl.read_csv(path.read_bytes().decode(encoding).encode(), infer_schema=False)


@pytest.fixture(scope="session")
def register(tmp_path_factory) -> Generated:
    out = tmp_path_factory.mktemp("register")
    written = generate(out, scale="8000", as_of=AS_OF)
    truth = json.loads((out / "truth.json").read_text(encoding="utf-8"))
    whole = {name: read(path) for name, path in written.files.items()}
    clean = {}
    for name, table in whole.items():
        planted = [entry["row"] - 2 for entry in truth["datasets"][name]["planted"]]
        numbered = table.with_row_index()
        clean[name] = numbered.filter(~pl.col("index").is_in(planted)).drop("index")
    return Generated(written, truth, clean, whole)
