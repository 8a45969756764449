"""What is wrong and what would be right, in the user's language, from code and params."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _n

from yimaqing.domains.intake.catalogue import UnknownDataset, dataset
from yimaqing.domains.intake.reading import words
from yimaqing.domains.intake.returned import words as returned
from yimaqing.kit.dataset import Message

#: Faults of the file as a whole.
FILE = {
    "empty": Message(_n("文件是空的"), _n("打开文件确认有表头和数据，重新导出")),
    "discarded": Message(_n("该批次已放弃，没有入库"), _n("要重做，把同一文件再导入一次")),
    "no_rows": Message(_n("只有表头，没有数据行"), _n("从第 2 行起填写数据")),
    "not_a_table": Message(
        _n("不是 CSV、XLSX、XLS 或 Parquet 表格"), _n("另存为 XLSX 或 CSV（UTF-8）再上传")
    ),
    "old_workbook": Message(_n("XLS 工作簿已损坏，或设有密码"), _n("去掉密码，另存为 XLSX 再上传")),
    "utf16": Message(_n("是 UTF-16 文本"), _n("另存为 CSV（UTF-8）再上传")),
    "encoding": Message(
        _n("第 %(line)s 行的文字不是 UTF-8 或 GB18030，或与前面的编码不同"),
        _n("另存为 CSV（UTF-8）再上传"),
    ),
    "broken_csv": Message(
        _n("第 %(row)s 行的引号不配对"), _n("检查该行及其上一行的双引号，或另存为 XLSX 再上传")
    ),
    "broken_workbook": Message(_n("工作簿已损坏，无法读取"), _n("用表格软件打开并另存为 XLSX")),
    "bomb": Message(
        _n("工作簿解压后超过 %(limit_mb)s MB"), _n("删去多余的工作表和图片，或拆分文件")
    ),
    "too_far": Message(
        _n(
            "有工作表从 A1 写到第 %(rows)s 行、第 %(columns)s 列"
            "（最下 %(lowest)s 格，最右 %(rightmost)s 格），太大而无法读取"
        ),
        _n("多半是远处留有一格内容：删去那一格；数据确有这么多时，按县或乡镇拆分后分别上传"),
    ),
    "too_many_cells": Message(
        _n("工作簿的单元格超过 %(limit)s 个（只设了格式的空格也算）"),
        _n("把有数据的行列复制到新工作簿再上传；数据确有这么多时，按县或乡镇拆分"),
    ),
    "internal": Message(
        _n("程序出错，没有写入任何数据"),
        _n("原文件已加密保存。再上传一次；仍不行时，把批次号 %(batch)s 告诉管理员"),
    ),
    "killed": Message(
        _n("处理中途程序多次被系统终止，没有写入任何数据"),
        _n("多半是内存不够：拆分为几个文件分别上传；仍不行时，把批次号 %(batch)s 告诉管理员"),
    ),
    "unannounced": Message(
        _n("数据已全部入库，但随后的处理多次中断，没有做完"),
        _n("请管理员运行 yimaqing import --resume %(batch)s"),
    ),
    "may_not_import": Message(
        _n("该用户没有导入的权限"), _n("请由有权导入的乡镇或县级干部导入，或请管理员授予角色")
    ),
    "too_large": Message(_n("文件超过 %(limit_mb)s MB"), _n("拆分为几个文件分别上传")),
    "too_many_rows": Message(_n("超过 %(limit)s 行"), _n("按县或乡镇拆分后分别上传")),
    "too_many_columns": Message(_n("超过 %(limit)s 列"), _n("删去不属于该表的列")),
    "column_unknown": Message(
        _n("%(letter)s 列“%(heading)s”不属于该表"), _n("改为正确的列名（%(near)s）或删去该列")
    ),
    "column_twice": Message(
        _n("%(letter)s 列与 %(first)s 列都是“%(heading)s”"), _n("只保留其中一列")
    ),
    "column_missing": Message(_n("缺少必需的列：%(headings)s"), _n("对照模板补上这些列")),
}

#: Why a batch cannot be taken back.
UNDO = {
    "undo_not_applied": Message(_n("该批次没有入库"), _n("只有已入库的批次可以撤销")),
    "undo_nothing_kept": Message(
        _n("该批次入库时的程序版本还不保存旧值，不能撤销"), _n("把正确的文件再导入一次")
    ),
    "undo_not_for_dataset": Message(_n("该数据集的批次不能撤销"), _n("把正确的文件再导入一次")),
    "undo_internal": Message(
        _n("程序出错，没有撤销任何数据"), _n("再试一次；仍不行时，把批次号 %(batch)s 告诉管理员")
    ),
    "undo_killed": Message(
        _n("撤销中途程序多次被系统终止，没有撤销任何数据"),
        _n("多半是内存不够：夜间再试；仍不行时，把批次号 %(batch)s 告诉管理员"),
    ),
}

#: Faults of a cell or row in any dataset.
CELL = {
    "width": Message(
        _n("该行有 %(cells)s 格，表头有 %(expected)s 格"), _n("检查该行是否多了或少了逗号、引号")
    ),
    "required": Message(_n("必填项是空的"), _n("填写后重新导入")),
    "required_amount": Message(
        _n("金额是空的"), _n("确实没有的填 0，不清楚的核实后再填；空格不当作 0")
    ),
    "needed_for_new": Message(
        _n("登记册里没有这一条，新增时本列必填"),
        _n("新增的补填本列；应当已在册的，核对编号和证件号码"),
    ),
    "too_long": Message(_n("超过 %(limit)s 个字"), _n("缩短内容")),
    "digits_lost": Message(
        _n("表格软件把长号码存成了数字，末几位已丢失"), _n("把该列设为文本格式，从原始资料重新填写")
    ),
    "scientific": Message(
        _n("号码被表格软件写成了科学计数"), _n("把该列设为文本格式，从原始资料重新填写")
    ),
    "control": Message(_n("含有不可见的控制字符"), _n("删去后重新填写")),
    "pattern": Message(_n("格式不对"), _n("按这个样子填写：%(example)s")),
    "name": Message(_n("不像人名"), _n("只填姓名，不带数字、括号和说明")),
    "integer": Message(_n("不是整数"), _n("只填数字，不带单位")),
    "money": Message(_n("不是金额"), _n("以元为单位填写数字，最多两位小数，不带单位")),
    "decimal": Message(_n("不是数字"), _n("只填数字，最多两位小数，不带单位")),
    "number": Message(_n("不是数字"), _n("只填数字，不带单位")),
    "range": Message(_n("超出范围"), _n("应在 %(low)s 与 %(high)s 之间")),
    "yes_no": Message(_n("不是“是”或“否”"), _n("填写 是 或 否")),
    "date": Message(_n("不是有效日期"), _n("按 2020-08-19 的样子填写")),
    "label": Message(_n("不在代码表中"), _n("应为：%(allowed)s；是否想填：%(near)s")),
    "too_many": Message(_n("超过 %(limit)s 项"), _n("只保留最主要的 %(limit)s 项")),
    "phone": Message(_n("不是电话号码"), _n("填写 11 位手机号，或区号加座机号")),
    "account": Message(_n("不是银行账号"), _n("填写 8 至 30 位数字")),
    "place_digits": Message(_n("不是区划代码"), _n("填写 12 位数字的统计用区划代码")),
    "id_length": Message(
        _n("证件号码有 %(length)s 位"), _n("居民身份证 18 位，残疾人证 20 或 22 位")
    ),
    "id_characters": Message(
        _n("证件号码含有不该有的字符"), _n("只有数字，居民身份证末位可以是 X；对照证件原件")
    ),
    "id_birth_date": Message(_n("证件号码第 7 至 14 位不是日期"), _n("对照证件原件改正")),
    "id_check_digit": Message(_n("证件号码末位校验不符"), _n("对照证件原件，逐位核对")),
    "id_rounded": Message(
        _n("证件号码末几位是 0，校验不符"), _n("多半被表格软件改过：把该列设为文本格式后重新填写")
    ),
    "duplicate_row": Message(
        _n("与第 %(other)s 行完全相同"), _n("第 %(other)s 行已采用，删去本行即可")
    ),
    "duplicate_conflict": Message(
        _n("与第 %(other)s 行是同一条记录，内容却不同"),
        _n("只采用了第 %(other)s 行；若本行才对，改正第 %(other)s 行后重新导入"),
    ),
    "duplicate_value": Message(
        _n("与第 %(other)s 行的号码相同"), _n("核对两行，一个号码只能属于一条记录")
    ),
    "out_of_scope": Message(_n("地点 %(place)s 不在您负责的范围"), _n("请由当地负责的单位导入")),
    "held_elsewhere": Message(_n("该记录现属您负责范围以外的地点"), _n("先由原地点的单位办理转出")),
}


_RETURNED = returned.NOTES | returned.FILE | returned.CELL
_EVERY = words.NOTES | words.FILE | FILE | UNDO | words.CELL | CELL | _RETURNED


@dataclass(frozen=True)
class Explained:
    """A fault in words."""

    reason: str
    remedy: str

    def __str__(self) -> str:
        """Both as a sentence each."""
        parts = {name: f"{text[:1].upper()}{text[1:]}" for name, text in vars(self).items()}
        if not self.remedy:
            return gettext("%(reason)s。") % parts
        return gettext("%(reason)s。%(remedy)s。") % parts


def explain(dataset_name: str, code: str, params: Mapping[str, Any]) -> Explained:
    """Reason and remedy of a fault; a code that nobody explains stands for itself."""
    try:
        own = dataset(dataset_name).messages
    except UnknownDataset:
        own = {}
    message = own.get(code) or _EVERY.get(code)
    if message is None:
        return Explained(code, "")
    values = _Lenient(params)
    reason, remedy = gettext(message.reason) % values, gettext(message.remedy) % values
    return Explained(_tidy(reason), _tidy(remedy))


class _Lenient(dict[str, Any]):
    """Params with blanks for those that a fault of an older version lacks."""

    def __missing__(self, key: str) -> str:
        return ""


def _tidy(text: str) -> str:
    """Without the parts that have nothing to say: an empty suggestion, empty brackets."""
    for empty in ("；是否想填：", "; did you mean: ", "（）", " ()"):
        text = (
            text.removesuffix(empty).replace(empty + "，", "，")
            if empty[-1] in "： "
            else (text.replace(empty, ""))
        )
    return text.strip()
