"""The layouts of the datasets: blank templates, and the reference page made from them."""

from __future__ import annotations

from collections.abc import Mapping

from yimaqing.domains.intake.catalogue import dataset, datasets
from yimaqing.kit.dataset import Column, Kind

_KINDS = {
    Kind.TEXT: "文字 text",
    Kind.NAME: "姓名 person's name",
    Kind.INTEGER: "整数 integer",
    Kind.MONEY: "元，最多两位小数 yuan",
    Kind.DECIMAL: "数字，最多两位小数 decimal",
    Kind.NUMBER: "数字 number",
    Kind.YES_NO: "是／否 yes or no",
    Kind.DATE: "日期 date, 2020-08-19",
    Kind.CODE: "代码表 label",
    Kind.CODES: "代码表，可多项，用、分隔 labels",
    Kind.ID_NUMBER: "证件号码 identity number",
    Kind.PHONE: "电话 phone",
    Kind.ACCOUNT: "银行账号 bank account",
    Kind.PLACE: "区划代码 place code, 12 digits",
}


def template(name: str) -> str:
    """The header row of a dataset as CSV, with a byte order mark for spreadsheets."""
    return "\ufeff" + ",".join(column.label for column in dataset(name).columns) + "\r\n"


def reference() -> str:
    """All layouts as one Markdown page."""
    parts = [
        "# 数据集 Datasets",
        "",
        "由 `yimaqing datasets --markdown` 生成；不要手改。 Written by that command; do not edit.",
        "",
        (
            "CSV（UTF-8 或 GB18030）、XLSX、XLS 或 Parquet，版式不限。下列列名、代码和别名"
            "直接认得，不按次序；别的列名由系统猜测，请您核对。"
            "These headings are known as they are, in any order; others are guessed and"
            " settled on a page."
        ),
    ]
    for one in datasets().values():
        parts += ["", f"## {one.name} · {one.label}", ""]
        parts += [
            "| 列 column | 代码、别名 also | 必填 needed | 内容 content |",
            "|---|---|---|---|",
        ]
        labels = {column.name: column.label for column in one.columns}
        parts += [_row(column, labels) for column in one.columns]
        if one.wide:
            kinds = "、".join(column.label for column in one.wide.columns)
            name = one.column(one.wide.name).label
            said = f"也可以一列一个{name}，空格不成记录 Or a column for each, empty cells are none"
            parts += ["", f"{said}: {kinds}"]
        for chinese, english in one.elsewhere:
            parts += ["", f"{chinese} {english}"]
    return "\n".join(parts) + "\n"


def _row(column: Column, labels: Mapping[str, str]) -> str:
    content = _KINDS[column.kind]
    if column.table:
        content += "：" + "、".join(column.table.shown.values())
    if column.low is not None or column.high is not None:
        separator = "" if column.name.endswith("year") else ","
        content += f"，{_bound(column.low, separator)}–{_bound(column.high, separator)}"
    if column.example:
        content += f"，如 {column.example}"
    if column.secret:
        content += "；加密保存 sealed"
    if column.follows:
        others = "、".join(labels[name] for name in column.follows)
        content += f"；不填时由{others}算出 else follows from those"
    also = "、".join(column.synonyms)
    needed = "是 yes" if column.required else "新增时 if new" if column.for_new else ""
    return f"| {column.label} | {also} | {needed} | {content} |"


def _bound(value: float | None, separator: str) -> str:
    if value is None:
        return ""
    return f"{value:{separator}.0f}" if value == int(value) else f"{value}"
