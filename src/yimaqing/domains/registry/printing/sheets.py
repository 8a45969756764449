"""What the printed file says: the page's own facts, under the reader's own rights.

Sealed values (ID numbers, phones, accounts) and full names are not printed: paper cannot log
who looks at it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yimaqing.domains.registry.codetables import label_of
from yimaqing.domains.registry.indicators import INDICATORS, value_in_words
from yimaqing.domains.registry.models import Person
from yimaqing.domains.registry.queries import HouseholdFile, MemberName
from yimaqing.kit.cards import StoryEvent
from yimaqing.kit.ids import mask_name
from yimaqing.ui.paper.flow import Flow
from yimaqing.ui.paper.sizes import LEFT, RIGHT
from yimaqing.ui.templatetags.ui import DASH, day, money, number
from yimaqing.ui.templatetags.ui import WORDS as COLOURS

#: As many rows as `household_file` reads of a kind; there may be more.
_READ = 200


@dataclass(frozen=True)
class Printed:
    """What is printed: the file, what its reader may see of it, and what goes with it."""

    file: HouseholdFile
    columns: Collection[str]
    place_name: str
    sentence: str
    results: Sequence[dict[str, Any]]
    members: dict[int, MemberName]
    story: Sequence[StoryEvent] = ()


def write_file(paper: Flow, held: Printed) -> None:
    """Write the whole file: what the reader may not see is left out, heading and all."""
    household = held.file.household
    paper.title(f"{mask_name(household.head_name)} · {_('户档案')}", held.place_name)
    if "income" in held.columns:
        paper.paragraph(held.sentence)
    if not household.valid:
        paper.paragraph(_("本户已标记为无效，仅供查阅。"))
    paper.facts(_facts(held))
    for needed, write in _SECTIONS:
        if any(column in held.columns for column in needed):
            write(paper, held)
    paper.paragraph(
        _("证件号码、电话、银行账号不印在纸上；需要时在系统里查看，查看会记录在案。"), small=True
    )


def _word(table: str, slug: str | None) -> str:
    if not slug:
        return DASH
    return label_of(table, slug, english=(get_language() or "").startswith("en"))


def _yes(value: bool | None) -> str:
    return DASH if value is None else (_("是") if value else _("否"))


def _sealed(value: bytes | memoryview | None) -> str:
    return _("已加密") if value else _("未登记")


def _facts(held: Printed) -> list[tuple[str, str]]:
    """The rail of the page."""
    household, columns = held.file.household, held.columns
    causes = [household.main_cause, *household.other_causes]
    said = [
        ("", _("户编号"), household.household_number),
        ("", _("组"), household.team or DASH),
        ("address", _("住址"), household.address or DASH),
        ("members", _("家庭人口数"), str(household.member_count)),
        ("register_class", _("登记类别"), _word("register_class", household.register_class)),
        ("causes", _("脱贫状态"), _word("poverty_status", household.poverty_status)),
        ("causes", _("三类户类型"), _word("group", household.group)),
        ("causes", _("主要致贫原因"), "、".join(_word("cause", c) for c in causes if c) or DASH),
        ("causes", _("识别年度"), str(household.recognised_year or DASH)),
        ("", _("联系电话"), _sealed(household.phone_sealed)),
        ("payments", _("银行账号"), _sealed(household.bank_account_sealed)),
    ]
    facts = [(key, value) for column, key, value in said if not column or column in columns]
    for pairing in held.file.pairings:
        key = _("帮扶责任人") if pairing.rank == 1 else _("第二帮扶人")
        facts.append((key, f"{pairing.helper_name} {pairing.unit} {pairing.office_phone}".strip()))
    facts.append((_("资料更新"), f"{day(household.changed_at)} {household.source}".strip()))
    return facts


def _warnings(paper: Flow, held: Printed) -> None:
    """What is open first, then what was over, newest first, each with its colour in a word."""
    paper.heading(_("预警"))
    ordered = sorted(held.story, key=lambda e: e.on, reverse=True)
    ordered.sort(key=lambda event: event.ended is not None)
    rows = [
        [
            day(one.on),
            str(COLOURS.get(one.colour, "")),
            one.text,
            day(one.ended) if one.ended else _("未解除"),
        ]
        for one in ordered
    ]
    _table(paper, [_("起"), _("颜色"), _("预警"), _("解除")], rows)


def _members(paper: Flow, held: Printed) -> None:
    paper.heading(_("家庭成员"))
    always: list[tuple[str, Callable[[Person], str]]] = [
        (_("姓名"), lambda p: mask_name(p.name)),
        (_("与户主关系"), lambda p: _word("relation", p.relation)),
        (_("性别"), lambda p: _word("sex", p.sex)),
    ]
    allowed: list[tuple[str, str, Callable[[Person], str]]] = [
        ("born_on", _("出生日期"), lambda p: day(p.born_on)),
        ("health", _("健康状况"), lambda p: _word("health", p.health)),
        ("education", _("文化程度"), lambda p: _word("education", p.education)),
        ("student_status", _("在校"), lambda p: _word("student_status", p.student_status)),
        ("labour_skill", _("劳动技能"), lambda p: _word("labour_skill", p.labour_skill)),
        ("resident_medical", _("医保"), lambda p: _yes(p.insured)),
        ("work_area", _("务工"), _work),
    ]
    shown = always + [(head, say) for column, head, say in allowed if column in held.columns]
    rows = [[say(person) for _head, say in shown] for person in held.file.members]
    _table(paper, [head for head, _say in shown], rows)


def _work(person: Person) -> str:
    if not person.work_area:
        return DASH
    months = f" {person.work_months} {_('个月')}" if person.work_months else ""
    return _word("work_area", person.work_area) + months


def _living(paper: Flow, held: Printed) -> None:
    house = held.file.house
    paper.heading(_("住房与生活"))
    if house is None:
        paper.paragraph(_("还没有生活条件资料"))
        return
    graded = f"{house.house_grade or DASH} {day(house.house_graded_on)}".rstrip(f" {DASH}") or DASH
    said = [
        ("", _("住房面积"), f"{_figure(house.house_area_m2)} ㎡"),
        ("", _("住房结构"), _word("house_structure", house.house_structure)),
        ("", _("危房级别"), graded),
        ("water_safe", _("饮水是否安全"), _yes(house.water_safe)),
        ("water_difficult", _("是否饮水困难"), _yes(house.water_difficult)),
        ("land", _("卫生厕所"), _yes(house.sanitary_toilet)),
        ("land", _("入户路"), _word("road_kind", house.road_kind)),
        ("land", _("耕地"), f"{_figure(house.arable_mu)} {_('亩')}"),
        ("land", _("林地"), f"{_figure(house.forest_mu)} {_('亩')}"),
        ("land", _("主要燃料"), _word("fuel", house.fuel)),
        ("land", _("加入合作社"), _yes(house.cooperative)),
    ]
    paper.facts([(key, text) for column, key, text in said if not column or column in held.columns])
    paper.paragraph(f"{house.year} · {house.source}", small=True)


def _figure(value: Decimal | None) -> str:
    return DASH if value is None else number(value)


def _incomes(paper: Flow, held: Printed) -> None:
    paper.heading(_("收入"))
    parts = [
        (_("工资性"), "wage_fen"),
        (_("生产经营性"), "operating_fen"),
        (_("财产性"), "property_fen"),
        (_("转移性"), "transfer_fen"),
        (_("经营支出"), "operating_cost_fen"),
        (_("纯收入"), "net_fen"),
        (_("人均纯收入"), "per_capita_fen"),
    ]
    rows = [
        [
            str(one.year),
            *(money(getattr(one, name)) for _head, name in parts),
            f"{one.divisor} {_('人')} · {_word('divisor_basis', one.divisor_basis)}",
        ]
        for one in held.file.incomes
    ]
    heads = [_("年度"), *(head for head, _name in parts), _("核算口径")]
    _table(paper, heads, rows, [LEFT, *[RIGHT] * len(parts), LEFT])
    if rows:
        paper.paragraph(f"{_('单位：元')} · {held.file.incomes[0].source}", small=True)


def _measures(paper: Flow, held: Printed) -> None:
    paper.heading(_("帮扶措施"))
    heads = [_("年度"), _("帮扶类别"), _("措施名称"), _("起止"), _("责任单位")]
    rows = [
        [
            str(one.year),
            _word("measure_group", one.measure_group),
            one.name,
            _span(one.starts_on, one.ends_on),
            one.responsible_unit,
        ]
        for one in held.file.measures
    ]
    _table(paper, heads, rows)


def _span(start: dt.date | None, end: dt.date | None) -> str:
    return f"{day(start)} – {day(end)}" if end else day(start)


def _payments(paper: Flow, held: Printed) -> None:
    paper.heading(_("发放"))
    heads = [_("发放日期"), _("资金名称"), _("金额（元）"), _("渠道")]
    rows = [[day(p.paid_on), p.fund, money(p.amount_fen), p.channel] for p in held.file.payments]
    _table(paper, heads, rows, [LEFT, LEFT, RIGHT, LEFT])


def _results(paper: Flow, held: Printed) -> None:
    paper.heading(_("成效"))
    rows = [
        [
            _indicator(one["indicator"]),
            f"{value_in_words(one['indicator'], one['first'])} {day(one['first_at'])}",
            f"{value_in_words(one['indicator'], one['latest'])} {day(one['latest_at'])}",
        ]
        for one in held.results
    ]
    _table(paper, [_("指标"), _("最初"), _("现在")], rows)


def _readings(paper: Flow, held: Printed) -> None:
    paper.heading(_("读数"))
    heads = [_("指标"), _("读数"), _("观测日期"), _("来源")]
    rows = [
        [
            _indicator(one.indicator),
            _whose(held, one.person_id)
            + value_in_words(one.indicator, one.value_text or one.value_number),
            day(one.observed_at),
            one.source,
        ]
        for one in held.file.readings
    ]
    _table(paper, heads, rows)


def _indicator(code: str) -> str:
    return str(INDICATORS[code].label) if code in INDICATORS else code


def _whose(held: Printed, person_id: int | None) -> str:
    one = held.members.get(person_id or 0)
    return f"{_word('relation', one.relation)} {one.masked} " if one else ""


def _table(
    paper: Flow, heads: list[str], rows: list[list[str]], aligned: Sequence[str] = ()
) -> None:
    if not rows:
        paper.paragraph(DASH)
        return
    paper.table(heads, rows, aligned)
    if len(rows) >= _READ:
        said = _("只列最近 %(n)s 条，其余请在系统里查看。") % {"n": _READ}
        paper.paragraph(said, small=True)


_SECTIONS: tuple[tuple[tuple[str, ...], Callable[[Flow, Printed], None]], ...] = (
    (("warnings",), _warnings),
    (("members",), _members),
    (("house_grade", "water_safe"), _living),
    (("income",), _incomes),
    (("measures",), _measures),
    (("payments",), _payments),
    (("readings",), _results),
    (("readings",), _readings),
)
