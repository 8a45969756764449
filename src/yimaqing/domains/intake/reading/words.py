"""What is said of files and cells of any layout; ``messages`` puts it into words."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _n

from yimaqing.kit.dataset import Message

#: Faults of the file as a whole.
FILE = {
    "locked_workbook": Message(_n("工作簿设有密码"), _n("去掉密码另存后再上传")),
    "workbook_too_heavy": Message(
        _n("读这个工作簿要用的内存超过 %(limit_mb)s MB，或时间太长"),
        _n("另存为 CSV（UTF-8）再上传，或按县、乡镇拆分"),
    ),
    "too_many_merged": Message(
        _n("工作表里合并的单元格超过 %(limit)s 处"), _n("取消合并，或另存为 CSV（UTF-8）再上传")
    ),
    "part_too_large": Message(
        _n("工作簿里的 %(part)s 超过 %(limit_mb)s MB（多余的样式或名称）"),
        _n("把数据复制到新工作簿（只粘贴数值），或另存为 CSV（UTF-8）再上传"),
    ),
    "cell_too_long": Message(
        _n("工作簿的 %(part)s 里有一格超过 32767 个字，或写法不合规范"),
        _n("用表格软件打开，删去过长的内容后另存为 XLSX"),
    ),
    "web_page": Message(
        _n("是网页（HTML）或 XML 文本，只是文件名像表格"), _n("用表格软件打开并另存为 XLSX 再上传")
    ),
    "xml_workbook": Message(
        _n("是 XML 表格（2003 格式），不是 XLS 或 XLSX"),
        _n("用表格软件打开并另存为 XLSX 再上传"),
    ),
    "row_too_wide": Message(
        _n("第 %(row)s 行有 %(cells)s 格，不是表格的一行"),
        _n("检查该行的逗号和换行，或另存为 XLSX 再上传"),
    ),
    "row_too_long": Message(
        _n("从第 %(line)s 行开始的一行超过 8 MB，不是表格的一行"),
        _n("检查该行的双引号，或另存为 CSV（UTF-8）或 XLSX 再上传"),
    ),
    "binary_workbook": Message(_n("是二进制工作簿（XLSB）"), _n("另存为 XLSX 再上传")),
    "broken_parquet": Message(_n("Parquet 文件已损坏，无法读取"), _n("重新导出后再上传")),
    "nested_column": Message(_n("“%(heading)s”列不是普通的值"), _n("展开或删去该列后重新导出")),
    "quote_open": Message(
        _n("从第 %(line)s 行开始的双引号没有结束"),
        _n("在该行补上或删去双引号，或另存为 XLSX 再上传"),
    ),
    "nul": Message(
        _n("第 %(line)s 行有空字符（NUL）"), _n("删去该字符，或另存为 CSV（UTF-8）再上传")
    ),
    "too_many_parts": Message(
        _n("工作簿里的部件超过 %(limit)s 个"), _n("把数据复制到新工作簿再上传")
    ),
    "line_too_long": Message(
        _n("第 %(line)s 行之后超过 8 MB 没有换行，不是表格"),
        _n("另存为 CSV（UTF-8）或 XLSX 再上传"),
    ),
    "sheet_unknown": Message(_n("没有工作表“%(sheet)s”"), _n("可选：%(sheets)s")),
    "no_heading": Message(_n("找不到表头"), _n("在数据上方写明各列的名称后再上传")),
    "nothing_known": Message(
        _n("没有一张工作表能认出是什么数据"), _n("选定数据集后再上传，然后逐列核对")
    ),
    "columns_unsure": Message(_n("有的列不能确定：%(headings)s"), _n("逐列核对后再导入")),
    "target_missing": Message(
        _n("缺少必需的列：%(headings)s"),
        _n("核对各列时选出对应的列；表里没有的，填写全表同一个值"),
    ),
    "new_lack": Message(
        _n("缺少新增必填的列：%(headings)s"),
        _n("选出对应的列，或填写全表同一个值；都是已在册的，留空即可，新的逐行说明、不入库"),
    ),
    "constant_unknown": Message(
        _n("%(heading)s：在您负责的范围内找不到“%(value)s”"),
        _n("写全乡镇和村名，或填 12 位区划代码"),
    ),
    "constant_several": Message(
        _n("%(heading)s：“%(value)s”不止一处：%(candidates)s"), _n("写上乡镇，或填其中的代码")
    ),
    "also_wholes": Message(
        _n("一人一行的表，按户合成户表"), _n("核对各列后读入；同一张表的家庭成员随后导入")
    ),
    "columns_asked": Message(_n("按您的要求，请重新核对各列"), _n("改好后按此读入")),
    "mapping_unknown": Message(_n("没有保存过“%(name)s”"), _n("用 yimaqing mappings 查看已保存的")),
    "mapping_broken": Message(_n("各列的对应不可用：%(why)s"), _n("用 --guess 重新生成")),
    "mapping_dataset": Message(_n("没有数据集 %(name)s"), _n("用 yimaqing datasets 查看")),
    "mapping_target": Message(
        _n("“%(heading)s”对应的 %(target)s 不是该表的列"), _n("用 yimaqing datasets 查看列名")
    ),
    "mapping_twice": Message(
        _n("“%(heading)s”与“%(first)s”对应同一列"), _n("一列只能有一个来源：去掉其中一个")
    ),
    "mapping_wide": Message(
        _n("“%(heading)s”与一列一个指标的列不能并用"), _n("两种写法只留一种：其余各列选不导入")
    ),
    "values_of_nobody": Message(
        _n("“%(headings)s”按人记录，表里却没有成员的证件号码"),
        _n("选出成员的证件号码列；一户一行的表没有成员，这几列选不导入"),
    ),
    "no_readings": Message(
        _n("各指标列都是空的，没有可读的值"), _n("填写后重新上传；认错了列的，重新核对各列")
    ),
    "mapping_heading": Message(
        _n("文件里没有这些列：%(headings)s"), _n("这份对应不是为该版式做的：重新核对各列")
    ),
}

#: Faults and remarks of a cell or row.
CELL = {
    "date_month": Message(
        _n("只有年月，没有日"), _n("补上日；可以不填的列暂作空白，已登记的日期不动")
    ),
    "formula_uncounted": Message(
        _n("公式没有算出的值"), _n("用表格软件打开、保存一次，或把公式改为数值")
    ),
    "zero_lost": Message(
        _n("开头的 0 被表格软件去掉了"), _n("把该列设为文本格式，从原始资料重新填写")
    ),
    "place_short": Message(
        _n("区划代码只有 %(length)s 位，应为 12 位"),
        _n("乡镇代码不能代替村代码；若表格软件改过数字，把该列设为文本格式后重新填写"),
    ),
    "found_none": Message(
        _n("按%(by)s在您负责的范围内查不到"), _n("核对写法，或填写编号；户不在册的先导入户表")
    ),
    "found_several": Message(
        _n("按%(by)s查到不止一个：%(candidates)s"), _n("填写编号，或加上县、乡镇一列")
    ),
    "total_row": Message(_n("合计行，没有读"), _n("不用改")),
    "note_row": Message(_n("说明或签字行，没有读"), _n("不用改")),
    "heading_again": Message(_n("重复的表头，没有读"), _n("不用改")),
}

#: How a sheet was read.
NOTES = {
    "hidden_sheets": Message(_n("隐藏的工作表没有读：%(sheets)s"), ""),
    "other_sheets": Message(_n("别的工作表没有读：%(sheets)s"), ""),
    "macros": Message(_n("工作簿里的宏没有运行"), ""),
    "external_links": Message(_n("没有打开工作簿链接的外部文件；公式取上次保存的值"), ""),
    "mapping_used": Message(_n("认出这种版式，按保存的“%(name)s”读"), ""),
    "columns_guessed": Message(_n("各列按名称和内容认出：%(pairs)s"), ""),
    "heading_at": Message(_n("表头在第 %(top)s 至 %(bottom)s 行"), ""),
    "heading_in": Message(_n("表头在第 %(top)s 行"), ""),
    "columns_left": Message(_n("这些列没有导入：%(headings)s"), ""),
    "filled_down": Message(_n("合并或空着的格按上方的值填下：%(headings)s"), ""),
    "unit": Message(_n("“%(heading)s”按单位乘以 %(factor)s"), ""),
    "values_read": Message(_n("“%(heading)s”的写法换成代码表的：%(pairs)s"), ""),
    "constants": Message(_n("全表同一个值：%(pairs)s"), ""),
    "numbered": Message(_n("表里没有%(columns)s，按各行内容编号：同一行再导入还是同一个"), ""),
    "folded": Message(
        _n("一人一行，按“%(heading)s”合成一户一行；成员各列属于家庭成员表，不在户表"), ""
    ),
    "grouped": Message(
        _n("“%(heading)s”是表里自己的编号，只用来认哪几行是一户；是哪一户，按户主的证件号码查"), ""
    ),
    "allotted": Message(
        _n("登记册里没有的户，按户主的证件号码各编一个户编号（869 开头）；再导入还是同一个"), ""
    ),
    "abreast": Message(
        _n("一列一个指标：表中 %(rows)s 行，读出 %(readings)s 条读数；%(blank)s 行没有可读的值"), ""
    ),
    "day_in_heading": Message(_n("“%(heading)s”的日期取自列名：%(day)s"), ""),
}
