"""Values as a report may show them: labels for codes, yuan for fen, personal ones masked."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yimaqing.kit.dataset import Column, Dataset, Kind
from yimaqing.kit.ids import mask_name

_MASKED = "****"


def column_behind(kind: Dataset, key: str) -> Column | None:
    """The file's column behind a name of history or of the dataset's table; None for others."""
    columns = {c.name: c for c in kind.columns}
    if key in columns:
        return columns[key]
    for field in kind.fields:
        name = field.column.strip('"')
        if key in (name, name.removesuffix("_sealed")) and field.stated_by in columns:
            return columns[field.stated_by]
    return None


def label_behind(kind: Dataset, key: str) -> str:
    """What that column is called in the current language."""
    column = column_behind(kind, key)
    if column is not None:
        return _(column.label)
    return {"household_id": _("所在户"), "place_id": _("地点")}.get(key, key)


def shown(column: Column | None, value: Any) -> str:
    """A stored value in words; empty stays empty."""
    if value is None or value in ("", []):
        return ""
    if column is not None and (column.secret or column.personal):
        return _MASKED
    if column is not None and column.kind == Kind.NAME:
        return mask_name(str(value))
    return in_words(column, value)


def in_words(column: Column | None, value: Any) -> str:
    """A stored value that is nobody's secret."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if column is not None and column.kind == Kind.MONEY:
        return f"{int(value) / 100:.2f}"
    if isinstance(value, list):
        return "、".join(_label(column, one) for one in value)
    return _label(column, value)


def _label(column: Column | None, value: Any) -> str:
    if column is None or column.table is None:
        return str(value)
    english = (get_language() or "").startswith("en")
    labels = column.table.english if english else column.table.shown
    return labels.get(str(value), str(value))
