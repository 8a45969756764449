"""One value for a whole sheet that its writer names as people do: a village, not its code."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import polars as pl

from yimaqing.domains.intake.catalogue import dataset
from yimaqing.domains.intake.mapping.finding import Asked, Finding
from yimaqing.domains.intake.reading.formats import FileUnusable
from yimaqing.kit.dataset import Column, Finder

_MOST_SHOWN = 200


def finder_of(column: Column) -> Finder | None:
    """By what a value of the column may be named in clear."""
    return next((one for one in column.finders if one.like and not one.purpose), None)


def suggested(column: Column, titles: Sequence[str]) -> str:
    """What a sheet's title names of the kind: 白文镇张家湾村 of its roll; empty where nothing."""
    finder = finder_of(column)
    if finder is None:
        return ""
    named = re.search(finder.like.replace(r"\p{Han}", "[\u3400-\u9fff]"), " ".join(titles))
    return named[0] if named else ""


def named_by(column: Column, titles: Sequence[str], sheet: str) -> list[str]:
    """All that a sheet's titles and its own name may name of the kind: 白文镇白文村, 农村, 白文."""
    finder = finder_of(column)
    if finder is None:
        return []
    like = finder.like.replace(r"\p{Han}", "[\u3400-\u9fff]").replace("}(", "}?(")
    found = [match[0] for title in titles for match in re.finditer(like, title)]
    return list(dict.fromkeys([*found, *([] if sheet.isascii() else [sheet.strip()])]))


def by_name(name: str, constants: Mapping[str, str], finding: Finding) -> dict[str, str]:
    """The constants with the code in place of each name. Raise FileUnusable for an unknown one."""
    columns = {column.name: column for column in dataset(name).columns}
    return {
        key: _value(columns[key], value.strip(), finding) if key in columns else value
        for key, value in constants.items()
    }


def _value(column: Column, value: str, finding: Finding) -> str:
    finder = finder_of(column)
    if finder is None or not value or value.isascii():
        return value
    asked = Asked(column, finder, pl.Series([value]), [])
    found, faults = finding.values(asked, finding.look_up([asked]))
    if found[0] is not None:
        return str(found[0])
    several = next((params for code, _rows, params in faults if code == "found_several"), {})
    candidates = several.get("candidates", "")
    shown = str(candidates[0]) if isinstance(candidates, pl.Series) else ""
    code = "constant_several" if shown else "constant_unknown"
    said = {"heading": column.label, "value": value[:40], "candidates": shown[:_MOST_SHOWN]}
    raise FileUnusable(code, **said)
