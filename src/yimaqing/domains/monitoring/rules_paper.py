"""A rule set on paper: the book that an officer keeps beside the screen."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from yimaqing.domains.monitoring.rules import Ruleset
from yimaqing.domains.monitoring.rules.ruleset import Citation, Colour
from yimaqing.domains.monitoring.rules.values import LINES
from yimaqing.domains.monitoring.rules_form import english
from yimaqing.domains.monitoring.versions import where_of
from yimaqing.ui.paper.flow import Flow
from yimaqing.ui.paper.sizes import LEFT, RIGHT
from yimaqing.ui.templatetags.ui import day, number


def rulebook_pdf(ruleset: Ruleset, where: str) -> bytes:
    """The whole rule set as PDF, in the reader's language."""
    stamp = f"{ruleset.identity} · {_('%(day)s 打印') % {'day': day(timezone.localdate())}}"
    if settings.DEMO:
        stamp = f"{stamp} · {_('演示数据')}"
    with Flow(ruleset.identity, stamp, _("第 {n} 页")) as paper:
        begins = _("自 %(day)s") % {"day": day(ruleset.effective_from)}
        paper.title(_say(ruleset.zh, ruleset.en), f"{where} · {ruleset.identity} · {begins}")
        if note := _say(ruleset.note_zh, ruleset.note_en):
            paper.paragraph(note)
        paper.paragraph(_source(ruleset.citation), small=True)
        _groups(paper, ruleset)
        _indicators(paper, ruleset)
        _lines(paper, ruleset)
        for colour in ruleset.scheme.colours:
            _colour(paper, ruleset, colour)
        if ruleset.scheme.silent:
            paper.heading(_("不预警"))
            _situations(paper, ruleset, ruleset.scheme.silent)
    return paper.content


def _groups(paper: Flow, ruleset: Ruleset) -> None:
    if not ruleset.groups:
        return
    paper.heading(_("监测对象"))
    for one in ruleset.groups:
        colon = _say("：", ": ")
        paper.paragraph(f"{_say(one.zh, one.en)}{colon}{_say(one.meaning_zh, one.meaning_en)}")
        paper.paragraph(_source(one.citation), small=True)


def _indicators(paper: Flow, ruleset: Ruleset) -> None:
    paper.heading(_("七项指标"))
    rows = [
        (
            _say(one.zh, one.en),
            _say(one.standard_zh, one.standard_en),
            str(one.fresh_days),
            _source(one.citation),
        )
        for one in ruleset.indicators
    ]
    heads = (_("指标"), _("标准"), _("时效（天）"), _("依据"))
    paper.table(heads, rows, (LEFT, LEFT, RIGHT, LEFT))
    paper.heading(_("饮水安全四项"))
    where = where_of({one.region for one in ruleset.thresholds})
    parts = [
        (_say(one.zh, one.en), where[one.region], _source(one.citation))
        for one in ruleset.thresholds
    ]
    paper.table((_("标准"), _("地区"), _("依据")), parts)


def _lines(paper: Flow, ruleset: Ruleset) -> None:
    paper.heading(_("收入线"))
    held = ruleset.lines("poverty") + ruleset.lines("monitoring")
    if not ruleset.lines("monitoring"):
        paper.paragraph(
            _(
                "本地的监测线没有公开值，也还没有由管理员录入：按监测线的判断暂不进行，不会当作达标。"
            )
        )
    if held:
        where = where_of({line.region for line in held})
        rows = [
            (
                _say(*LINES[line.kind]),
                where[line.region],
                str(line.year),
                number(line.value_yuan),
                _source(line.citation),
            )
            for line in held
        ]
        heads = (_("种类"), _("地区"), _("年度"), _("元/人·年"), _("依据"))
        paper.table(heads, rows, (LEFT, LEFT, LEFT, RIGHT, LEFT))


def _colour(paper: Flow, ruleset: Ruleset, colour: Colour) -> None:
    meaning = _say(colour.meaning_zh, colour.meaning_en)
    paper.heading(f"{_say(colour.zh, colour.en)} · {meaning}")
    _situations(paper, ruleset, colour.rules)
    until = _("次月 %(day)s 日前处理") % {"day": colour.act_by_day_of_next_month}
    paper.paragraph(f"{until} · {_source(colour.citation)}", small=True)


def _situations(paper: Flow, ruleset: Ruleset, codes: Iterable[str]) -> None:
    rules = (ruleset.by_code[code] for code in codes)
    rows = [(_say(rule.zh, rule.en), _source(rule.citation)) for rule in rules]
    if rows:
        paper.table((_("情形"), _("依据")), rows)


def _source(citation: Citation) -> str:
    """The source, with how sure it is in front where it is not cited."""
    sure = {"proposal": _("本系统建议"), "unconfirmed": _("待确认")}.get(citation.status, "")
    return f"{sure} · {citation.text}" if sure else citation.text


def _say(zh: str, en: str) -> str:
    return en if english() else zh
