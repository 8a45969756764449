"""What each form says: what was recorded, with room for what is signed by hand.

ID numbers, phones and accounts are never printed: where a form needs one it is written by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from yimaqing.domains.recognition.loading import in_force
from yimaqing.domains.recognition.machine import Act
from yimaqing.domains.recognition.models import Procedure, Step
from yimaqing.domains.recognition.procedureset import is_english
from yimaqing.domains.recognition.queries import Told
from yimaqing.domains.recognition.words import WAYS
from yimaqing.domains.registry.queries import label_of
from yimaqing.ui.paper.sizes import LEFT, RIGHT
from yimaqing.ui.templatetags.ui import DASH, day

if TYPE_CHECKING:  # Skia comes with it
    from yimaqing.ui.paper.flow import Flow

_ROOM = "＿＿＿＿＿＿＿＿＿＿"


@dataclass(frozen=True)
class Sheet:
    """What a form is made from."""

    procedure: Procedure
    household: Any
    place_name: str
    told: Told

    def last(self, *acts: Act) -> Step | None:
        """The latest step of those acts in this round."""
        found = [s for s in self.told.steps if s.act in acts and s.round == self.procedure.round]
        return found[-1] if found else None

    @property
    def head(self) -> str:
        """The head's name: these are the household's own papers."""
        return str(self.household.head_name)


@dataclass(frozen=True)
class Form:
    """A form: its name, what must have been done first, how it is written, of which rounds."""

    slug: str
    title: str | Promise
    needs: tuple[Act, ...]
    write: Callable[[Flow, Sheet], None]
    of_removal: bool | None = None


def forms_of(procedure: Procedure, told: Told) -> list[Form]:
    """The forms that there is something to print on."""
    done = {step.act for step in told.steps if step.round == procedure.round}
    fitting = (f for f in FORMS.values() if f.of_removal in {None, procedure.round > 0})
    return [form for form in fitting if not form.needs or done & set(form.needs)]


def risks_in_words(procedure: Procedure) -> str:
    """因病、因学."""
    labels = in_force().risk_labels()
    return _("、").join(labels.get(code, code) for code in procedure.risks) or DASH


def _whom(paper: Flow, sheet: Sheet) -> None:
    held = sheet.procedure
    group = label_of("group", held.group, english=is_english()) if held.group else DASH
    paper.facts(
        [
            (_("户主"), sheet.head),
            (_("户编号"), str(sheet.household.household_number)),
            (_("地点"), sheet.place_name),
            (_("家庭人口数"), str(sheet.household.member_count)),
            (_("监测类别"), group),
            (_("线索来源"), str(WAYS.get(held.way, held.way))),
        ]
    )


def _signatures(paper: Flow, *names: str) -> None:
    paper.heading(_("签字"))
    pairs = [pair for name in names for pair in ((name, _ROOM), (_("日期"), _ROOM))]
    paper.facts(pairs, by_hand=True)


def _application(paper: Flow, sheet: Sheet) -> None:
    _whom(paper, sheet)
    paper.heading(_("困难情况"))
    paper.paragraph(sheet.procedure.clue)
    paper.facts(
        [
            (_("风险类型"), risks_in_words(sheet.procedure)),
            (_("申报或发现的日期"), day(sheet.procedure.opened_on)),
        ]
    )
    _signatures(paper, _("申请人（签字或按手印）"), _("代为登记的工作人员"))


def _authorisation(paper: Flow, sheet: Sheet) -> None:
    _whom(paper, sheet)
    paper.heading(_("承诺与授权"))
    paper.paragraph(
        _(
            "本户承诺所报情况属实；授权有关部门查询、比对本户全部成员的收入、财产和社会保障信息，"
            "仅用于防止返贫监测对象的识别和退出。"
        )
    )
    _signatures(paper, _("户主或成年成员（签字或按手印）"), _("证件号码（手写）"))


def _verification(paper: Flow, sheet: Sheet) -> None:
    _whom(paper, sheet)
    if compared := sheet.last(Act.COMPARE):
        paper.heading(_("信息比对"))
        paper.paragraph(f"{day(compared.on)} {compared.words}")
    if visited := sheet.last(Act.VERIFY):
        paper.heading(_("入户核实"))
        paper.paragraph(visited.words)
        paper.facts(
            [
                (_("入户的人"), str(visited.detail.get("visitors", DASH))),
                (_("入户日期"), day(visited.on)),
                (_("风险类型"), risks_in_words(sheet.procedure)),
                (_("核实结论"), _("同意") if visited.favour else _("不同意")),
            ]
        )
    _signatures(paper, _("农户"), _("入户的人"))


def _minutes(paper: Flow, sheet: Sheet) -> None:
    _whom(paper, sheet)
    if held := sheet.last(Act.APPRAISE):
        paper.heading(_("评议结果"))
        counts = [
            (_("到会人数"), str(held.detail.get("present", DASH))),
            (_("同意人数"), str(held.detail.get("in_favour", DASH))),
            (_("不同意人数"), str(held.detail.get("against", DASH))),
            (_("结果"), _("通过") if held.favour else _("未通过")),
            (_("评议日期"), day(held.on)),
        ]
        paper.facts(counts)
        if held.words:
            paper.paragraph(held.words)
    _signatures(paper, _("主持人"), _("记录人"), _("村民代表"))


def _notice(paper: Flow, sheet: Sheet) -> None:
    if posted := sheet.last(Act.PUBLISH):
        for line in str(posted.detail["text"]).split("\n"):
            paper.paragraph(line, large=True)
        paper.facts([(_("张贴日期"), day(posted.on))])


def _approval(paper: Flow, sheet: Sheet) -> None:
    _whom(paper, sheet)
    paper.facts([(_("风险类型"), risks_in_words(sheet.procedure))])
    for title, act in ((_("乡镇审核意见"), Act.PASS), (_("县级审定意见"), Act.APPROVE)):
        paper.heading(title)
        step = sheet.last(act)
        paper.paragraph(
            f"{step.words}（{sheet.told.names.get(step.by_id, '')} {day(step.on)}）"
            if step
            else DASH
        )
    _signatures(paper, _("乡镇（盖章）"), _("县级（盖章）"))


def _removal(paper: Flow, sheet: Sheet) -> None:
    _approval(paper, sheet)
    paper.heading(_("帮扶措施"))
    labels = in_force().risk_labels()
    rows = [
        [
            labels.get(one.risk, one.risk),
            label_of("measure_group", one.measure_group, english=is_english()),
            one.name,
            one.responsible,
            day(one.starts_on),
        ]
        for one in sheet.told.measures
    ]
    heads = [_("风险类型"), _("帮扶类别"), _("措施内容"), _("责任单位或责任人"), _("开始日期")]
    if rows:
        paper.table(heads, rows, [LEFT, LEFT, LEFT, LEFT, RIGHT])
    else:
        paper.paragraph(DASH)


_DECIDED = (Act.PASS, Act.APPROVE)
FORMS: dict[str, Form] = {
    form.slug: form
    for form in (
        Form("application", _l("监测对象申请（线索登记）表"), (), _application),
        Form("authorisation", _l("承诺授权书"), (), _authorisation),
        Form("verification", _l("入户核实记录"), (Act.VERIFY, Act.COMPARE), _verification),
        Form("minutes", _l("民主评议记录"), (Act.APPRAISE,), _minutes),
        Form("notice", _l("公示"), (Act.PUBLISH,), _notice),
        Form(
            "approval", _l("监测对象审批表"), (Act.PASS, Act.APPROVE), _approval, of_removal=False
        ),
        Form("removal", _l("风险消除审批表"), (Act.PROPOSE,), _removal, of_removal=True),
    )
}
