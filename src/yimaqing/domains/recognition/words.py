"""What states, acts and ways in are called."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yimaqing.domains.recognition.machine import Act, Doer, Position, State, Why

Word = str | Promise

STATES: dict[str, Word] = {
    State.CLUE: _("线索待受理"),
    State.VERIFYING: _("待入户核实"),
    State.APPRAISING: _("待民主评议"),
    State.ANNOUNCING: _("待村内公示"),
    State.ANNOUNCED: _("公示中"),
    State.TOWNSHIP: _("待乡镇审核"),
    State.COUNTY: _("待县级审定"),
    State.MONITORED: _("监测中"),
    State.REMOVED: _("风险已消除"),
    State.REJECTED: _("不纳入"),
    State.WITHDRAWN: _("已撤回"),
    State.GONE: _("自然减少"),
}
REMOVAL: dict[str, Word] = {
    State.VERIFYING: _("消除：待入户核实"),
    State.APPRAISING: _("消除：待民主评议"),
    State.ANNOUNCING: _("消除：待村内公示"),
    State.ANNOUNCED: _("消除：公示中"),
    State.TOWNSHIP: _("消除：待乡镇审核"),
    State.COUNTY: _("消除：待县级审定"),
}
ACTS: dict[str, Word] = {
    Act.OPEN: _("登记线索"),
    Act.ADOPT: _("承接监测"),
    Act.ACCEPT: _("受理线索"),
    Act.DISMISS: _("不予受理"),
    Act.AUTHORISE: _("登记承诺授权"),
    Act.COMPARE: _("登记信息比对"),
    Act.VERIFY: _("登记入户核实"),
    Act.APPRAISE: _("登记民主评议"),
    Act.PUBLISH: _("开始公示"),
    Act.OBJECT: _("登记异议"),
    Act.ANSWER: _("答复异议"),
    Act.CONCLUDE: _("结束公示并上报"),
    Act.PASS: _("审核通过"),
    Act.RETURN: _("退回补正"),
    Act.REFUSE: _("不同意"),
    Act.APPROVE: _("审定通过"),
    Act.MEASURE: _("登记帮扶措施"),
    Act.TRACK: _("落实保障，继续跟踪"),
    Act.PROPOSE: _("提出风险消除"),
    Act.WITHDRAW: _("撤回"),
    Act.LEAVE: _("登记自然减少"),
}
WAYS: dict[str, Word] = {
    "self": _("农户自主申报"),
    "cadre": _("干部排查"),
    "department": _("部门筛查预警"),
    "list": _("名单已有"),
}
DOERS: dict[str, Word] = {
    Doer.VILLAGE: pgettext_lazy("doer", "村"),
    Doer.TOWNSHIP: pgettext_lazy("doer", "乡镇"),
    Doer.COUNTY: pgettext_lazy("doer", "县级"),
}
#: Why an act does not fit, and what to do.
WHY: dict[str, Word] = {
    Why.ELSEWHERE: _("这一步现在不能办：可能已由他人办理，请看最新进展。"),
    Why.AUTHORISE_FIRST: _("请先登记农户签字的承诺授权，再比对信息、入户核实。"),
    Why.COMPARE_FIRST: _("请先登记信息比对的结果。"),
    Why.ALREADY: _("已经登记过，不用重复办理。"),
    Why.ANSWER_FIRST: _("还有异议没有答复：请先逐条答复。"),
    Why.STILL_PUBLIC: _("公示期未满：期满次日起才能结束。"),
    Why.MONITOR_FIRST: _("认定后才登记帮扶措施；突发灾害可走绿色通道。"),
}
LEFT: dict[str, Word] = {
    "deceased": _("全部成员去世"),
    "moved": _("整户迁出"),
    "merged": _("并入他户"),
}


def state_word(position: Position) -> Word:
    """What is waited for; on the way out it says so."""
    return REMOVAL[position.state] if position.is_removal else STATES[position.state]
