"""What is said of a returned export; ``messages`` puts it into words."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _n

from yimaqing.kit.dataset import Message

_EXPORT_AGAIN = _n("重新导出名单，在新的文件里改")

#: Faults of the file as a whole.
FILE = {
    "return_unmarked": Message(
        _n("不是导出的名单，或隐藏的工作表“_yimaqing”已被删去"),
        _n("在导出的原文件里改；没有原文件的，删去“行标识”列，按普通表格导入"),
    ),
    "return_elsewhere": Message(_n("名单 %(number)s 不是本系统导出的"), _EXPORT_AGAIN),
    "return_unnumbered": Message(
        _n("命令行导出的名单没有编号，不能改后交回"), _n("在名单页导出，再改")
    ),
    "return_of_another": Message(
        _n("名单 %(number)s 是别人导出的"), _n("由导出的人交回，或自己导出后再改")
    ),
    "return_expired": Message(_n("名单 %(number)s 是 %(day)s 导出的，已过期"), _EXPORT_AGAIN),
    "return_before_keys": Message(
        _n("名单 %(number)s 是 %(day)s 导出的，太旧：此后更换过密钥，不能再核对"), _EXPORT_AGAIN
    ),
    "return_not_taken": Message(
        _n("这种名单不能改后交回"), _n("只有户、人员、资金发放、帮扶措施、年度收入名单可以")
    ),
    "return_no_keys": Message(_n("隐藏的“%(heading)s”列已被删去或改名"), _EXPORT_AGAIN),
    "return_heading_twice": Message(
        _n("有两列都叫“%(heading)s”"), _n("删去不是导出的那一列，再交回")
    ),
    "return_too_long": Message(
        _n("名单有 %(rows)s 行，分在几张工作表上"), _n("按乡镇或村分别导出，再改")
    ),
}

#: Faults and remarks of a cell or row.
CELL = {
    "return_new_row": Message(
        _n("这一行不在导出的名单里（没有行标识）"), _n("新增的记录另做一个表，按普通表格导入")
    ),
    "return_unknown_row": Message(
        _n("行标识 %(key)s 不在导出的名单里"), _n("不要改动隐藏的行标识列；重新导出名单再改")
    ),
    "return_twice": Message(
        _n("与第 %(other)s 行是同一条记录"), _n("删去其中一行；要新增记录，另做一个表导入")
    ),
    "return_gone": Message(
        _n("该记录已不在名单里：导出以后被注销、合并或迁出"), _n("查户档案；仍要改的，请现管单位改")
    ),
    "return_fixed": Message(
        _n("“%(heading)s”不能在名单里改"), _n("恢复原样；要改的，在户档案或用普通表格导入")
    ),
    "return_masked": Message(
        _n("导出时遮盖了的内容不能改"), _n("恢复原样；要改的，导出时选完整姓名和号码")
    ),
    "return_hidden": Message(_n("这一格不向您显示，不能填"), _n("恢复为空；请有权的单位填")),
    "return_conflict": Message(
        _n("导出时是“%(was)s”，现在登记的是“%(now)s”"), _n("选用表里的，或保留现在登记的")
    ),
    "return_kept": Message(
        _n("导出时是“%(was)s”，现在登记的是“%(now)s”"),
        _n("保留了现在登记的；仍要改的，重新导出再改"),
    ),
    "return_moved": Message(
        _n("该记录在比对的时候又被人改过、移动或删除"), _n("再交回一次，会按现在的情况重新比对")
    ),
}

#: How the workbook was read.
NOTES = {
    "return_read": Message(
        _n("名单 %(number)s 改后交回：%(rows)s 行，%(same)s 行没有改，%(changed)s 行有改动"), ""
    ),
    "return_rows_missing": Message(
        _n("名单里有 %(count)s 行不在文件里：这些记录不动，删去行不会删除记录"), ""
    ),
    "return_columns_missing": Message(_n("这些列不在文件里，不动：%(headings)s"), ""),
    "return_columns_added": Message(_n("这些列不是导出的，没有读：%(headings)s"), ""),
    "return_mark_lost": Message(
        _n("像是导出的名单，但隐藏的工作表已丢失，按普通表格读；请在导出的原文件里改"), ""
    ),
}
