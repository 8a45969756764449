"""Sheets as a county sends them: 王秀英's household in 白文村, and ways to spoil them.

Each dataset has one good row; a test changes a cell or two and sends the file through the
same door as a user's own.
"""

from __future__ import annotations

import csv
import datetime as dt
import io

from yimaqing.domains.accounts.models import User
from yimaqing.domains.intake.actions import keep_file, receive
from yimaqing.domains.intake.models import Batch
from yimaqing.domains.intake.queries import error_lines
from yimaqing.domains.intake.running import run
from yimaqing.domains.places.models import Place
from yimaqing.kit.ids import id_check_digit

BAIWEN, YAOTOU = "141124104201", "141124104202"
NUMBER, OTHER = "86141124000123", "86141124000456"
AS_OF = dt.date(2020, 8, 19)


def id_number(born="19750214", order=2, region="141199"):
    """A number from a region that does not exist; even orders are women's."""
    first = f"{region}{born}{order:03d}"
    return first + id_check_digit(first)


WANG, SON = id_number(), id_number("20100601", 11)

HOUSEHOLD = {
    "户编号": NUMBER,
    "村编号": BAIWEN,
    "户主姓名": "王秀英",
    "户主证件号": WANG,
    "联系电话": "15400000001",
    "银行账号": "0000123456789",
    "登记类别": "建档立卡户",
    "脱贫状态": "脱贫",
    "主要致贫原因": "因病",
    "其他致贫原因": "因学",
    "家庭人口数": "2",
    "识别年度": "2014",
    "脱贫年度": "2018",
}
PERSON = {
    "人编号": "8614112400012301",
    "户编号": NUMBER,
    "姓名": "王秀英",
    "性别": "女",
    "证件类型": "居民身份证",
    "证件号码": WANG,
    "出生日期": "1975-02-14",
    "与户主关系": "户主",
    "在校生状况": "非在校",
    "是否参加城乡居民基本医疗保险": "是",
    "是否参加职工基本医疗保险": "否",
    "是否现役军人": "否",
    "联系电话": "15400000001",
    "人员状态": "正常",
}
BOY = PERSON | {
    "人编号": "8614112400012302",
    "姓名": "李小军",
    "性别": "男",
    "证件号码": SON,
    "出生日期": "2010-06-01",
    "与户主关系": "之子",
    "在校生状况": "小学",
    "联系电话": "",
}
INCOME = {
    "户编号": NUMBER,
    "年度": "2019",
    "工资性收入": "6000.00",
    "生产经营性收入": "4000.00",
    "财产性收入": "0",
    "转移性收入": "2000.00",
    "计划生育金": "0",
    "低保金": "1500.00",
    "生态补偿金": "500.00",
    "五保金": "0",
    "养老保险金": "0",
    "其他转移性收入": "0",
    "生产经营性支出": "1000.01",
    "年收入": "12000.00",
    "纯收入": "10999.99",
    "核算人口数": "2",
    "核算口径": "户籍人口",
    "人均纯收入": "5500.00",
}
LIVING = {
    "户编号": NUMBER,
    "年度": "2019",
    "耕地面积": "6.5",
    "饮水是否安全": "是",
    "住房结构": "石窑洞",
    "是否危房户": "否",
    "危房级别": "B级",
    "鉴定日期": "2019-06-12",
}
MEASURE = {
    "户编号": NUMBER,
    "年度": "2019",
    "帮扶类别": "产业",
    "措施名称": "养羊补助",
    "开始日期": "2019-03-01",
    "结束日期": "2019-12-31",
    "措施编号": "CS2019000001",
}
PAYMENT = {
    "户编号": NUMBER,
    "领取人证件号": WANG,
    "资金名称": "农村最低生活保障金",
    "发放日期": "2020-03-21",
    "金额": "350.50",
    "发放渠道": "一卡通",
    "流水号": "YS2020000000001",
}
READING = {
    "户编号": NUMBER,
    "证件号码": "",
    "指标": "不愁吃",
    "值": "达标",
    "观测日期": "2020-06-01",
    "来源": "入户走访",
}
PAIRING = {
    "户编号": NUMBER,
    "帮扶干部姓名": "赵强",
    "单位": "县水利局",
    "办公电话": "0358-0000001",
    "开始日期": "2018-01-01",
    "帮扶次序": "1",
}
GOOD = {
    "households": HOUSEHOLD,
    "persons": PERSON,
    "incomes": INCOME,
    "living_conditions": LIVING,
    "measures": MEASURE,
    "payments": PAYMENT,
    "readings": READING,
    "pairings": PAIRING,
}


def make_places():
    """临县 with 白文镇 and its villages 白文村 and 曜头村."""
    for code, name, level, kind in (
        ("141124000000", "临县", 3, "county"),
        ("141124104000", "白文镇", 4, "township"),
        (BAIWEN, "白文村", 5, "village"),
        (YAOTOU, "曜头村", 5, "village"),
    ):
        Place.objects.using("owner").create(code=code, name=name, level=level, kind=kind)


def sheet(*rows: dict[str, str]) -> bytes:
    """The rows as CSV under the headings of all of them."""
    headings = list(dict.fromkeys(h for row in rows for h in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, headings, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def send(dataset: str, *rows: dict[str, str], by: User | None = None, **options) -> Batch:
    """Send rows as a file and run the batch."""
    data = options.pop("data", None) or sheet(*rows)
    batch = receive(
        dataset=dataset,
        file_name=f"{dataset}.csv",
        stored=keep_file([data]),
        by=by,
        using="owner",
        **({"as_of": AS_OF} | options),
    )
    return run(batch.pk)


def counts(batch: Batch) -> tuple[int, int, int, int]:
    """Created, updated, unchanged, rejected."""
    return batch.created, batch.updated, batch.unchanged, batch.rejected


def faults(batch: Batch) -> list[tuple[int, str, str]]:
    """(row, column, code) of everything that was found, by row."""
    found = batch.errors.using("owner").order_by("row", "pk")
    return [(e.row, e.column, e.code) for e in found]


def words(batch: Batch) -> list[str]:
    """Every fault as a report says it."""
    return [f"{e.row} {e.column} {e.value}｜{e.reason}｜{e.remedy}" for e in error_lines(batch)]
