"""What the actions of this domain are called on the page of the trail; see audit/words.py."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.accounts.queries import purposes
from yimaqing.domains.audit.queries import Entry
from yimaqing.domains.registry.codetables import label_of
from yimaqing.domains.registry.departments.declared import lists
from yimaqing.domains.registry.indicators import INDICATORS
from yimaqing.domains.registry.queries import household_numbers

ACTS = {
    "registry.file_opened": _("打开户档案"),
    "registry.file_printed": _("打印户档案"),
    "registry.searched": _("查找户"),
    "registry.unmasked": _("查看完整信息"),
    "registry.reading_recorded": _("登记读数"),
    "registry.household_corrected": _("更正户信息"),
    "registry.group_set": _("变更三类户类型"),
    "registry.keys_rotated": _("更换数据密钥"),
    "registry.duplicates_found": _("查找重复资料"),
    "registry.duplicate_decided": _("核对疑似重复"),
    "registry.listed_linked": _("比对部门名单"),
    "registry.listed_decided": _("核对部门名单"),
    "registry.listed_taken_back": _("撤回名单的核对结论"),
    "registry.trigger_line_set": _("录入核实标准"),
    "registry.listed_weighed": _("由部门名单提出待办"),
    "registry.persons_merged": _("合并重复的人"),
    "registry.households_merged": _("合并重复的户"),
    "registry.persons_unmerged": _("撤销人的合并"),
    "registry.households_unmerged": _("撤销户的合并"),
}

ACTORS = {
    "system:keys": _("更换数据密钥"),
    "system:pairings": _("结对帮扶"),
    "system:linkage": _("比对部门名单"),
    "system:listed": _("部门名单"),
    "system:duplicates": _("查找重复资料"),
}

#: How somebody came to a file. The trail keeps the Chinese word, the page says it in its language.
WAYS = {
    "扫码": _("扫码"),
    "名单": _("名单"),
    "预警": _("预警"),
    "待办": _("待办"),
    "驾驶舱": _("驾驶舱"),
    "日常工作": _("日常工作"),
    "记读数": _("记读数"),
    "更正": _("更正"),
    "核对重复": _("核对重复"),
    "核对名单": _("核对名单"),
    "识别与退出": _("识别与退出"),
}

PURPOSES = {
    "registry.file_opened": WAYS | dict(purposes()),
    "registry.unmasked": dict(purposes()),
    "registry.file_printed": dict(purposes()),
}

SUBJECTS = {
    "household": pgettext_lazy("subject", "户"),
    "person": pgettext_lazy("subject", "家庭成员"),
    "reading": pgettext_lazy("subject", "读数"),
    "duplicate": _("疑似重复"),
    "listed": _("名单上的人"),
    "list": _("部门名单"),
}

FIELDS = {
    "address": _("住址"),
    "among": _("哪些户"),
    "bank_name": _("开户银行"),
    "by": _("按什么查找"),
    "decision": _("结论"),
    "field": _("项目"),
    "fields": _("取自另一份的项目"),
    "former_number": _("并入的编号"),
    "gone": _("不再相似"),
    "group": _("三类户类型"),
    "from": _("自哪天起"),
    "hits": _("找到户数"),
    "indicator": _("指标"),
    "inherited": _("沿用结论"),
    "key": _("密钥"),
    "list": _("部门名单"),
    "left": _("此后改动而保留"),
    "matched": _("自动对上"),
    "member_count": _("家庭人口数"),
    "nobody": _("自动判为不在册"),
    "opened": _("提出待办"),
    "old_retired": _("旧密钥停用"),
    "pairs": _("新发现"),
    "rows": _("移来的记录"),
    "team": _("组"),
    "waiting": _("待核对"),
    "withdrawn": _("撤销待办"),
    "yuan": _("金额（元）"),
}

_SEALED = {"phone": _("联系电话"), "bank_account": _("银行账号"), "id_number": _("证件号码")}
_SEARCHED = {
    "household_number": _("户编号"),
    "sealed": _("证件号或电话"),
    "name": _("姓名"),
}


def _households(entries: list[Entry]) -> dict[int, str]:
    """The number of the household that the entry is about, where the reader may see it."""
    numbers = household_numbers({e.household_id for e in entries if e.household_id})
    return {e.pk: numbers.get(e.household_id or 0, "") for e in entries}


def _indicator(code: Any) -> Any:
    return INDICATORS[code].label if code in INDICATORS else code


def _value(value: Any) -> Any:
    """A reading's value: its word, whichever indicator has it, or the number."""
    words = (one.words for one in INDICATORS.values())
    return next((known[value] for known in words if value in known), value)


def _group(slug: Any) -> str:
    return label_of("group", slug, english=(get_language() or "").startswith("en"))


def _among(slug: str) -> Any:
    watched = {"archived": _("建档户、边缘户和监测户"), "other": _("其他农户")}
    return watched.get(slug, slug)


def _list(name: str) -> Any:
    return _(lists()[name].label) if name in lists() else name


VALUES = {
    "among": _among,
    "group": _group,
    "by": lambda kind: _SEARCHED.get(kind, kind),
    "field": lambda name: _SEALED.get(name, name),
    "indicator": _indicator,
    "list": _list,
    "value": _value,
}
NAMES = {"household": _households, "person": _households, "reading": _households}
