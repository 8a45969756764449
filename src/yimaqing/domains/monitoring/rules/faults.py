"""What can be wrong with a rules file, and what to do about it, in English.

The Chinese text is the key; names in braces are filled in alike in both languages.
"""

from __future__ import annotations

ENGLISH: dict[str, str] = {
    # kinds of values
    "文字": "a text",
    "文字列表": "a list of texts",
    "整数": "a whole number",
    "数字": "a number",
    "true 或 false": "true or false",
    "日期": "a date",
    # the file and its parts
    "文件不是UTF-8编码": "the file is not UTF-8",
    "另存为UTF-8编码的文本文件": "save it as a text file in UTF-8",
    "TOML语法有误（{error}）": "not TOML ({error})",
    "按TOML语法改正这一行": "mend the syntax of this line",
    "缺少这一节": "this section is missing",
    "加上 [{name}] 一节": "add a section [{name}]",
    "应为表数组": "must be an array of tables",
    "写成 [[{name}]]": "write [[{name}]]",
    # values
    "“{value}”不在可用值之内": "“{value}” is not one of the possible values",
    "用其中之一：{known}": "use one of: {known}",
    "列表中有非文字的值": "the list holds something that is no text",
    "不认识的键": "unknown key",
    "删去或改为其中之一：{known}": "take it away, or use one of: {known}",
    "{value} 超出范围": "{value} is out of range",
    "取 {low} 到 {high} 之间的数": "take a number from {low} to {high}",
    "缺少": "missing",
    "加上一行，例如 {shown}": "add a line, for instance {shown}",
    "应为{kind}，现在是 {now}": "must be {kind_en}, is {now}",
    "写成 {shown}": "write {shown}",
    "“{value}”不是区划代码前缀": "“{value}” is not the beginning of a place code",
    "用2、4、6、9或12位数字，全国写空": "use 2, 4, 6, 9 or 12 digits; empty for the country",
    # what must agree
    "出现 {count} 次": "stands here {count} times",
    "七项指标各写一次": "write each of the seven indicators once",
    "三种颜色各写一次": "write each of the three colours once",
    "同一个值既达标又不达标": "the same value passes and fails",
    "从 pass 或 fail 中删去一个": "take it out of pass or of fail",
    "年龄上限小于下限": "the upper age is below the lower one",
    "age_to 不小于 age_from": "let age_to be at least age_from",
    "应有且只有 at_least 或 at_most 之一": "there must be either at_least or at_most",
    "例如 at_most = 20.0": "for instance at_most = 20.0",
    "规则代码 {code} 重复": "the rule code {code} stands here twice",
    "每条规则用不同的代码": "give each rule a code of its own",
    "规则 {code} 已有颜色": "the rule {code} has a colour already",
    "一条规则只留一种颜色": "leave one colour for each rule",
    "规则共 {count} 条，超过 {most} 条": "{count} rules are more than {most}",
    "删去不用的规则": "take away rules that are not used",
    "配色方案 {scheme} 没有给它颜色": "the colour scheme {scheme} gives it no colour",
    "在方案中加上": "add it to the scheme",
    "没有名为 {scheme} 的配色方案": "there is no colour scheme named {scheme}",
    "失效日期不晚于生效日期": "it ends before it begins",
    "effective_to 晚于 effective_from，或删去": "let effective_to be later, or take it away",
    "这一项没有标准": "this part of drinking water is held to nothing",
    "加上一条 [[threshold]]": "add a [[threshold]]",
    "同一地区同一项重复": "the same region and part twice",
    "每个地区每项只留一条": "leave one for each region and part",
    "没有一条收入线": "no income line",
    "至少写一条 [[income_line]]": "write at least one [[income_line]]",
    "同一地区同一年度重复": "the same region and year twice",
    "每个地区每年每类只留一条": "leave one of a kind for each region and year",
    # checks
    "核查代码 {code} 重复": "the check code {code} stands here twice",
    "每项核查用不同的代码": "give each check a code of its own",
    "共 {count} 项，超过 {most} 项": "{count} checks are more than {most}",
    "删去不用的核查": "take away checks that are not used",
}
