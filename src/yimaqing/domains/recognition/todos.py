"""The to-dos of the procedure: one kind for each step."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.recognition.machine import State
from yimaqing.domains.recognition.queries import step_words
from yimaqing.domains.registry.queries import lines_of
from yimaqing.domains.work.queries import Todo, TodoKind

_WHAT = {
    State.CLUE: _("部门线索：请受理或写明不受理的原因"),
    State.VERIFYING: _("入户核实：登记承诺授权、信息比对和核实情况"),
    State.APPRAISING: _("组织民主评议并登记结果"),
    State.ANNOUNCING: _("在村内张贴公示"),
    State.ANNOUNCED: _("公示期满后答复异议、上报乡镇"),
    State.TOWNSHIP: _("乡镇审核"),
    State.COUNTY: _("县级审定"),
    State.MONITORED: _("对每项风险落实帮扶措施"),
    "removal_verifying": _("风险消除：入户核实"),
    "removal_appraising": _("风险消除：组织民主评议"),
    "removal_announcing": _("风险消除：在村内张贴公示"),
    "removal_announced": _("风险消除：公示期满后上报乡镇"),
    "removal_township": _("风险消除：乡镇审核"),
    "removal_county": _("风险消除：县级审定"),
}


#: A monitored household is no to-do; its missing measures are.
_SHORT = {str(State.MONITORED): _("待落实措施")}


def _page(todo: Todo) -> str:
    return reverse("recognition:procedure", args=[todo.subject_id])


def _whose(todos: Sequence[Todo], viewer: User) -> dict[int, str]:
    """王** · 2组 前东旺坪33号, by the to-do's number."""
    ids = {todo.household_id for todo in todos if todo.household_id is not None}
    lines = {line.household_id: line for line in lines_of(ids, viewer=viewer)}
    held = [(todo.pk, lines.get(todo.household_id or 0)) for todo in todos]
    return {
        number: " · ".join(part for part in (line.head_masked, line.door) if part)
        for number, line in held
        if line
    }


todos = [
    TodoKind(f"recognition.{step}", _SHORT.get(step, word), _WHAT[step], _page, _whose)
    for step, word in step_words().items()
]
