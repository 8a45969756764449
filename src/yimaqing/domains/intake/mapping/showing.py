"""How a sheet was read, and the columns that wait for somebody's word, as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n

from yimaqing.domains.intake.catalogue import dataset
from yimaqing.domains.intake.mapping.choosing import AS_GUESSED, NO_VALUE
from yimaqing.domains.intake.mapping.constants import finder_of, suggested
from yimaqing.domains.intake.mapping.values import labels_of
from yimaqing.domains.intake.mapping.vocabulary import BY, targets_of
from yimaqing.domains.intake.mapping.wide import is_part, parts_of
from yimaqing.domains.intake.messages import explain
from yimaqing.domains.intake.models import Batch, State
from yimaqing.domains.intake.reading.header import letter_of
from yimaqing.kit.dataset import Column, Kind

CONFIDENCE = {
    "sure": _n("确定"),
    "likely": _n("很可能"),
    "perhaps": _n("可能，请核对"),
    "none": _n("不导入"),
}


@dataclass(frozen=True)
class Line:
    """A column of the sheet on the page; ``several``: more than one thing is taken from it.

    ``words``: cells that are no value of the column, and what each is read as, of ``labels``.
    """

    at: int
    letter: str
    heading: str
    samples: list[str]
    target: str
    confidence: str
    several: list[str]
    words: list[tuple[str, str]]
    labels: list[str]


def lines_of(
    content: dict[str, Any],
    chosen: dict[str, str] | None = None,
    words: dict[str, dict[str, str]] | None = None,
) -> list[Line]:
    """The columns of a guess, with what was chosen instead where a form comes back."""
    name = content["dataset"]
    labels = {t.key: _(t.label) for t in targets_of(name)}
    lines = []
    for at, column in enumerate(content["columns"]):
        if not column["heading"] and not column["samples"]:
            continue
        targets = [t for t in column["targets"] if t in labels]
        guessed = targets[0] if len(targets) == 1 else AS_GUESSED if targets else ""
        target = (chosen or {}).get(column["heading"], guessed) if column["heading"] else ""
        several = [labels[t] for t in targets] if len(targets) > 1 else []
        said = _(CONFIDENCE[column["confidence"]])
        asked = {**column.get("values", {}), **(words or {}).get(column["heading"], {})}
        lines.append(
            Line(
                at,
                letter_of(at),
                column["heading"],
                column["samples"],
                target,
                said,
                several,
                list(asked.items()),
                _labels(name, targets[0]) if asked else [],
            )
        )
    return lines


def _labels(name: str, target: str) -> list[str]:
    labels = labels_of(dataset(name).column(target))
    return [*labels, NO_VALUE] if is_part(target) else labels


def options_of(name: str) -> list[tuple[str, str]]:
    """What a column can be: key and label, needed ones marked, looked up ones told."""
    options = []
    for target in targets_of(name):
        label = _(target.label)
        if BY in target.key:
            label = _("%(label)s（用来查%(column)s）") % {
                "label": label,
                "column": _(target.column.label),
            }
        elif is_part(target.key):
            label = _("指标：%(label)s") % {"label": label}
        elif target.column.required:
            label = _("%(label)s（必填）") % {"label": label}
        elif target.column.for_new:
            label = _("%(label)s（新增必填）") % {"label": label}
        options.append((target.key, label))
    return options


@dataclass(frozen=True)
class Constant:
    """A column that may have one value for the whole sheet; ``labels``: what it can be."""

    name: str
    label: str
    value: str
    labels: list[str]
    hint: str


def constants_of(content: dict[str, Any], given: dict[str, str] | None = None) -> list[Constant]:
    """Columns that may have one value for the whole sheet.

    Those that are needed and missing first; others of a layout's title are kept.
    """
    held = {**content["plan"]["constants"], **(given or {})}
    columns = {c.name: c for c in dataset(content["dataset"]).columns}
    missing = [c.name for c in columns.values() if c.label in content["missing"]]
    names = list(dict.fromkeys([*missing, *(n for n in held if n in columns)]))
    return [
        Constant(
            name,
            _constant_label(columns[name]),
            held.get(name) or suggested(columns[name], content["titles"]),
            labels_of(columns[name]),
            _hint(columns[name]),
        )
        for name in names
    ]


def _hint(column: Column) -> str:
    """What may be written in place of a value."""
    if column.for_new:
        return _("都是已在册的可以留空：新的行不入库，逐行说明。")
    if column.kind is Kind.DATE:
        return _("写 {as_of}，代表上传时填的数据日期。")
    if column.kind is Kind.TEXT and column.pattern and not column.finders:
        return _("写 {row}：按该行内容编一个，同一行再导入还是同一个。")
    return ""


def _constant_label(column: Column) -> str:
    finder, label = finder_of(column), _(column.label)
    if finder is not None:
        label = _("%(column)s，或%(named)s") % {"column": label, "named": _(finder.label)}
    return _("%(label)s（新增必填）") % {"label": label} if column.for_new else label


def awaited_by(batch: Batch) -> Batch | None:
    """The batch that must end before this one is read."""
    if batch.state != State.RECEIVED or batch.waits_for is None:
        return None
    return Batch.objects.filter(pk=batch.waits_for).first()


def _beside(other: Batch, batch: Batch) -> str:
    """What another batch of the upload is called: its sheet, and its file where that is another."""
    if other.file_name == batch.file_name:
        return other.sheet or other.file_name
    return f"{other.file_name} {other.sheet}".strip()


def reading_of(batch: Batch) -> dict[str, Any]:
    """How a batch's sheet was read, and the batches that came with it."""
    first = batch.sent_with or batch.pk
    others = Batch.objects.filter(sent_with=first).exclude(pk=batch.pk).order_by("pk")
    return {
        "sheet": batch.sheet,
        "notes": [explain(batch.dataset, n["code"], n["params"]) for n in batch.notes],
        "others": [(other.pk, _beside(other, batch)) for other in others[:60]],
        "awaited": awaited_by(batch),
        "abreast": bool(parts_of(batch.plan)),
    }
