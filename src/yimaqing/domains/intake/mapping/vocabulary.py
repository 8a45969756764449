"""What a column may be called: labels, codes, words of other registries, pinyin, English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.translation import gettext, override
from pypinyin import lazy_pinyin, load_phrases_dict

from yimaqing.domains.intake.catalogue import dataset, datasets
from yimaqing.domains.intake.mapping.wording import common, common_tokens, core
from yimaqing.kit.dataset import CodeTable, Column, Finder
from yimaqing.kit.ids import to_half_width
from yimaqing.kit.plugins import plugins

#: Between a column and the way in which it is looked up: ``place_code@village``.
BY = "@"
_BRACKETS = re.compile(r"[(\[【{<《].*?[)\]】}>》]")
_NOISE = re.compile(r"[\s_*:\"'`./\\、,，。;&#+\-“”?？!]+")
_NUMBERING = re.compile(r"^(?:[一二三四五六七八九十]+[、.]|\d{1,2}[、.)]\s*)")
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_CODE = re.compile(r"[a-z]{2,3}\d{2,3}[a-z]?")

#: Headings that carry nothing that a dataset keeps; a dataset's own words come first.
LEFT_OUT = frozenset(
    [
        "序号",
        "no",
        "编号序",
        "备注",
        "支付状态",
        "发放状态",
        "失败原因",
        "说明",
        "签字",
        "签名",
        "签章",
        "盖章",
        "领取人签字",
        "领款人签字",
        "户主签字",
        "照片",
        "年龄",
        "周岁",
        "虚岁",
        "填表人",
        "审核人",
        "录入人",
        "操作人",
        "更新时间",
        "修改时间",
        "创建时间",
        "填报时间",
        "age",
        "remark",
        "remarks",
        "signature",
        "photo",
        "id",
        "createdat",
        "updatedat",
        "createdby",
        "lastupdated",
        "残疾证号",
        "残疾证号码",
        "残疾人证号",
        "残疾人证号码",
        "残疾证编号",
        "籍贯",
        "政治面貌",
        "婚姻状况",
        "宗教信仰",
        "邮编",
        "电子邮箱",
        "email",
    ]
)

#: How many of a household something is true of is never how many it has.
SOME_OF = re.compile(
    r"(家庭|户)?(内|中|月|纳入|实际|应|已|未|新增)?"
    r"(保障|低保|特困|享受|供养|救助|参保|参合|缴费|补贴|补助|受益|受灾|患病|残疾|劳动力|劳力|务工"
    r"|外出|就业|在校|学生|监测|领取|发放|死亡|迁出|迁入|脱贫)+(对象|人员|生)?(人口|人数|人口数)"
)


@dataclass(frozen=True)
class Target:
    """What a user's column can be: a column of a dataset, or what one is looked up by.

    ``level``: of a finder's ``within``; None for its own column. ``names`` are what it is called
    for certain, ``others`` by other people, ``spelt`` in pinyin; all plain. ``common`` and ``core``
    are both in common words (see wording).
    """

    key: str
    label: str
    column: Column
    finder: Finder | None = None
    level: int | None = None
    names: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    common: frozenset[str] = frozenset()
    core: frozenset[str] = frozenset()
    spelt: frozenset[str] = frozenset()
    initials: frozenset[str] = frozenset()
    words: tuple[frozenset[str], ...] = ()


def plain(text: str) -> str:
    """Half width, lower case, without brackets and what is in them, marks and spaces."""
    return _NOISE.sub(
        "", _BRACKETS.sub("", _NUMBERING.sub("", to_half_width(text).strip())).lower()
    )


def unbracketed(text: str) -> str:
    """The same with what stands in the brackets: 乡（镇） is 乡镇."""
    return _NOISE.sub("", re.sub(r"[()\[\]【】]", "", to_half_width(text).strip())).lower()


def is_code(text: str) -> bool:
    """Whether it is written like the national register's codes of columns."""
    return bool(_CODE.fullmatch(text))


def tokens_of(text: str) -> frozenset[str]:
    """The English words of a heading in common ones: householdId and HH_NO are the same."""
    if _HAN.search(text):
        return frozenset()
    return common_tokens([word.lower() for word in _WORD.findall(to_half_width(text))])


@cache
def targets_of(name: str) -> tuple[Target, ...]:
    """Everything that a column of a sheet for that dataset can be."""
    return tuple(t for column in dataset(name).sheet_columns for t in _targets(name, column))


def _targets(name: str, column: Column) -> list[Target]:
    others = [*_foreign(name).get(column.name, ()), *_foreign("any").get(column.name, ())]
    found = [_target(column.name, column.label, column, (column.label, *column.synonyms), others)]
    for finder in column.finders:
        key = f"{column.name}{BY}{finder.name}"
        heads = (finder.label, *finder.synonyms)
        found.append(_target(key, finder.label, column, heads, (), finder))
        for level, headings in enumerate(finder.within):
            label = headings[0]
            found.append(_target(f"{key}.{level}", label, column, headings, (), finder, level))
    return found


@cache
def _know_phrases() -> None:
    """Headings are words (银行 is not yinxing); kit.ids left the phrases out."""
    from pypinyin.phrases_dict import phrases_dict  # noqa: PLC0415 - 44 MiB

    load_phrases_dict(phrases_dict)


def _syllables(heading: str) -> list[str]:
    _know_phrases()
    return lazy_pinyin(heading)


def _target(
    key: str,
    label: str,
    column: Column,
    names: tuple[str, ...],
    others: list[str] | tuple[str, ...],
    finder: Finder | None = None,
    level: int | None = None,
) -> Target:
    with override("en"):
        english = gettext(label)
    own = (column.name,) if finder is None else ()
    spoken = [*names, *others]
    read = [_syllables(plain(n)) for n in spoken if _HAN.search(n)]
    certain = frozenset(form for n in names for form in (plain(n), unbracketed(n)))
    by_others = frozenset(map(plain, (*others, *own, english))) - {""}
    return Target(
        key,
        label,
        column,
        finder,
        level,
        names=certain,
        others=by_others,
        common=frozenset(map(common, certain | by_others)),
        core=frozenset(map(core, certain | by_others)),
        spelt=frozenset("".join(syllables) for syllables in read),
        initials=frozenset("".join(s[:1] for s in syllables) for syllables in read),
        words=tuple(w for n in (*others, *names, *own, english) if (w := tokens_of(n))),
    )


@cache
def known_headings() -> frozenset[str]:
    """Every plain heading that some dataset knows, and those that say nothing."""
    found = set(LEFT_OUT)
    for name in datasets():
        for target in targets_of(name):
            found |= target.names | target.others | target.spelt
    return frozenset(found)


def is_known(heading: str) -> bool:
    """Whether some dataset has a column of that heading."""
    return plain(heading) in known_headings() or unbracketed(heading) in known_headings()


@cache
def spoken_values(table: str) -> Mapping[str, str]:
    """Plain words for a code table's values → the label that files write."""
    for kind in datasets().values():
        for column in kind.sheet_columns:
            if column.table and column.table.name == table:
                return _spoken(column.table)
    return {}


def _spoken(table: CodeTable) -> Mapping[str, str]:
    found = {plain_value(label): label for label in table.labels}
    for slug, label in table.shown.items():
        found.setdefault(plain_value(table.english.get(slug, label)), label)
        found.setdefault(plain_value(slug), label)
        for word in _values().get(table.name, {}).get(slug, ()):
            found.setdefault(plain_value(word), label)
    return found


def plain_value(text: str) -> str:
    """A value as it is compared: half width, lower case, no spaces, one kind of brackets."""
    return re.sub(r"[\s_]+", "", to_half_width(text)).lower()


def _foreign(name: str) -> Mapping[str, Any]:
    return _headings().get(name, {})


@cache
def _headings() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for module in plugins("loaders"):
        for name, columns in getattr(module, "headings", {}).items():
            found.setdefault(name, {}).update(columns)
    return found


@cache
def _values() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for module in plugins("loaders"):
        found.update(getattr(module, "spoken", {}))
    return found
