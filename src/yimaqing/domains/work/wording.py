"""To-dos in words: when they are due, in whose hands they are, what happened to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import names_of_users
from yimaqing.domains.places.queries import names_of
from yimaqing.domains.work.deadlines import deadlines
from yimaqing.domains.work.kinds import TodoKind, address_of, kinds, title_of, whom
from yimaqing.domains.work.models import State, Step, Todo, What
from yimaqing.domains.work.queries.todos import last_words

_VILLAGE_DIGITS = 12

QUEUE_WORDS: dict[str, str | Promise] = {
    "waiting": gettext_lazy("待我办"),
    "taken": gettext_lazy("我领取的"),
    "handed": gettext_lazy("转给我的"),
    "returned": gettext_lazy("退回我的"),
    "out": gettext_lazy("我转出的"),
    "overdue": pgettext_lazy("queue", "逾期"),
    "week": pgettext_lazy("queue", "本周"),
    "free": gettext_lazy("未领取"),
    "all": gettext_lazy("全部未办"),
    "done": gettext_lazy("已办"),
}
#: What stands in an empty queue: what will be here.
QUEUE_EMPTY: dict[str, str | Promise] = {
    "waiting": gettext_lazy("导入、预警或核对中发现要办的事，转给你、退回你的事，会出现在这里。"),
    "taken": gettext_lazy("在“未领取”里点“领取”，就归你办，别人不会重复办。"),
    "handed": gettext_lazy("同事转交给你办的事会出现在这里。"),
    "returned": gettext_lazy("你转出后被退回、或办结后要重办的事会出现在这里。"),
    "out": gettext_lazy("你转交给同事、还没有办结的事会出现在这里。"),
    "overdue": gettext_lazy("过了期限还没有办结的事会出现在这里。"),
    "week": gettext_lazy("今天到本周日到期的事会出现在这里。"),
    "free": gettext_lazy("还没有人领取的事会出现在这里。"),
    "all": gettext_lazy("你负责的地方所有没有办结的事会出现在这里。"),
    "done": gettext_lazy("近期由人办结的事会出现在这里。"),
}
DATE_WORDS: dict[str, str | Promise] = {
    "overdue": pgettext_lazy("queue", "逾期"),
    "today": gettext_lazy("今天到期"),
    "this_week": pgettext_lazy("date", "本周内"),
    "later": gettext_lazy("以后"),
    "undated": gettext_lazy("未定期限"),
}


@dataclass(frozen=True)
class Line:
    """A to-do as a line of the desk shows it."""

    todo: Todo
    kind: str
    title: str
    who: str
    place: str
    address: str
    due: str
    is_urgent: bool
    holder: str
    note: str
    is_mine: bool


@dataclass(frozen=True)
class Told:
    """One step in words."""

    at: dt.datetime
    what: str
    words: str


def due_words(todo: Todo, today: dt.date | None = None) -> tuple[str, bool]:
    """When it is due, and whether that is pressing: 逾期 4 天, 今天到期, 快到期."""
    day = today or timezone.localdate()
    if todo.due_on is None:
        return _("未定期限"), False
    left = (todo.due_on - day).days
    if left < 0:
        return ngettext("逾期 %(n)s 天", "逾期 %(n)s 天", -left) % {"n": -left}, True
    if left == 0:
        return _("今天到期"), True
    if todo.due_on <= deadlines().soon(day):
        return ngettext("快到期，还有 %(n)s 天", "快到期，还有 %(n)s 天", left) % {"n": left}, True
    return ngettext("还有 %(n)s 天", "还有 %(n)s 天", left) % {"n": left}, False


def rule_words(todo: Todo) -> str:
    """Where the date comes from; empty when no rule gave it."""
    opened = timezone.localdate(todo.opened_at)
    rule = deadlines().rule(todo.kind, todo.place_code, opened)
    if rule is None or todo.due_on != rule.due(opened).on:
        return ""
    number = {"n": rule.days}
    length = (
        ngettext("%(n)s 个工作日", "%(n)s 个工作日", rule.days) % number
        if rule.unit == "working"
        else ngettext("%(n)s 日", "%(n)s 日", rule.days) % number
    )
    return _("%(length)s（%(why)s）") % {"length": length, "why": rule.why}


def lines_of(todos: Sequence[Todo], viewer: User) -> list[Line]:
    """A page's lines; a few queries, however many there are."""
    known = kinds()
    about = whom(todos, known, viewer)
    places = names_of({todo.place_code[:_VILLAGE_DIGITS] for todo in todos})
    held = {todo.pk for todo in todos if getattr(todo, "hands", "") not in {"", "free", "above"}}
    names = names_of_users({todo.holder_id or 0 for todo in todos if todo.pk in held})
    passed = {todo.pk for todo in todos if todo.pk in held and todo.held_as != "taken"}
    steps = last_words(passed) if passed else {}
    return [_line(todo, known, about, places, names, steps.get(todo.pk), viewer) for todo in todos]


def _line(
    todo: Todo,
    known: dict[str, TodoKind],
    about: Mapping[int, str],
    places: Mapping[str, str],
    names: Mapping[int, str],
    step: Step | None,
    viewer: User,
) -> Line:
    due, is_urgent = due_words(todo)
    kind = known.get(todo.kind)
    return Line(
        todo=todo,
        kind=str(kind.short) if kind else todo.kind,
        title=title_of(todo, known),
        who=about.get(todo.pk, ""),
        place=places.get(todo.place_code[:_VILLAGE_DIGITS], todo.place_code),
        address=address_of(todo, known),
        due=due,
        is_urgent=is_urgent,
        holder="" if todo.holder_id == viewer.pk else names.get(todo.holder_id or 0, ""),
        note=_note(todo, step),
        is_mine=todo.holder_id == viewer.pk and todo.state == State.OPEN,
    )


def _note(todo: Todo, step: Step | None) -> str:
    """Why it came, in the words of whoever sent it; that it went up."""
    if getattr(todo, "hands", "") == "above" or (todo.raised_level and not todo.holder_id):
        return _("已上交")
    if step is None or not step.words:
        return ""
    return f"{What(step.what).label}：{step.words}"


def told(todo: Todo, steps: Collection[Step]) -> list[Told]:
    """The story of a to-do, the latest first."""
    ended = {todo.closed_by} if todo.closed_at and not steps else set()
    people = {number for step in steps for number in (step.by_id, step.to_id)} | ended
    names = names_of_users({number for number in people if number is not None})
    found = [Told(step.at, _step_words(step, names), step.words) for step in steps]
    ends = {What.DONE, What.DROPPED}
    if todo.closed_at and not any(step.what in ends for step in steps):
        found.insert(0, Told(todo.closed_at, _("系统办结"), todo.reason))
    return [*found, Told(todo.opened_at, _("新增"), "")]


def _step_words(step: Step, names: Mapping[int, str]) -> str:
    who = names.get(step.by_id or 0, _("系统"))
    what = str(What(step.what).label)
    if step.to_id is None:
        return f"{who} {what}"
    return _("%(who)s %(what)s给 %(whom)s") % {
        "who": who,
        "what": what,
        "whom": names.get(step.to_id, ""),
    }
