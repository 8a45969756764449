"""The to-dos about members that imports and corrections open; see loaders/following.py."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as _n

from yimaqing.domains.accounts.models import User
from yimaqing.domains.registry.departments.declared import LISTS
from yimaqing.domains.registry.departments.kinds import HIT, DepartmentList
from yimaqing.domains.registry.departments.overdue import LATE
from yimaqing.domains.registry.queries import lines_of
from yimaqing.domains.work.queries import Todo, TodoKind


def _file(todo: Todo) -> str:
    if todo.household_id is None:
        return ""
    return reverse("registry:file", args=[todo.household_id]) + "?from=todo"


def _pair(todo: Todo) -> str:
    return reverse("registry:duplicate", args=[todo.subject_id])


def _listed(todo: Todo) -> str:
    return reverse("registry:listed_row", args=[todo.subject_id])


def _place(todo: Todo) -> str:
    """The household's file where the lists stand; of a village, the rows themselves."""
    if todo.household_id is not None:
        return _file(todo) + "#listed"
    return reverse("lists:page", args=[todo.kind.removeprefix(HIT)])


def _whose(todos: Sequence[Todo], viewer: User) -> dict[int, str]:
    """张** · 2组 前东旺坪33号, by the to-do's number; the household's number if it is gone."""
    ids = {todo.household_id for todo in todos if todo.household_id is not None}
    lines = {line.household_id: line for line in lines_of(ids, viewer=viewer)}
    found = [(todo.pk, lines.get(todo.household_id or 0)) for todo in todos]
    numbers = {todo.pk: str(todo.detail.get("household_number", "")) for todo in todos}
    return {
        number: " · ".join(part for part in (line.head_masked, line.door) if part)
        if line
        else numbers[number]
        for number, line in found
    }


def _late(todo: Todo) -> str:
    return reverse("registry:department_list", args=[todo.kind.removeprefix(LATE)])


def _late_in_words(words: str, one: DepartmentList) -> str:
    """Words with the list and its department filled in; until when it counted comes later."""
    told = {"list": gettext(one.label), "department": gettext(one.sender), "last": "%(last)s"}
    return gettext(words) % told


def _late_short(one: DepartmentList) -> str | Promise:
    return _lazily(_n("迟报：%(list)s"), one)


def _late_title(one: DepartmentList) -> str | Promise:
    return _lazily(
        _n("%(department)s的“%(list)s”没有按时报来，上一份统计到 %(last)s。请催报并导入"), one
    )


_lazily = lazy(_late_in_words, str)

todos = [
    TodoKind(
        "registry.duplicate",
        _("疑似重复"),
        _("两份资料可能是同一个人或同一户（相似度 %(percent)s%%）：请对照核实"),
        _pair,
        _whose,
    ),
    TodoKind(
        "registry.listed",
        _("名单待核对"),
        _("部门名单上的一个人可能是登记册中的 %(count)s 人之一：请对照核实"),
        _listed,
        _whose,
    ),
    TodoKind(
        "registry.no_members",
        _("没有成员"),
        _("没有成员：请补登家庭成员，或核实后标为无效"),
        _file,
        _whose,
    ),
    TodoKind(
        "registry.head_missing",
        _("缺户主"),
        _("成员中没有户主：请核对与户主关系"),
        _file,
        _whose,
    ),
    TodoKind(
        "registry.several_heads",
        _("户主不止一人"),
        _("不止一位户主：请核对与户主关系"),
        _file,
        _whose,
    ),
    TodoKind(
        "registry.members_differ",
        _("人口数不符"),
        _("登记 %(declared)s 人，成员名单 %(members)s 人：请核对"),
        _file,
        _whose,
    ),
    *(TodoKind(one.todo, _(one.label), _(one.title), _place, _whose) for one in LISTS),
    *(TodoKind(LATE + one.name, _late_short(one), _late_title(one), _late) for one in LISTS),
]
