"""How well a heading names a target: 1 for its own label, less for what is only alike."""

from __future__ import annotations

import re
from functools import lru_cache

from yimaqing.domains.intake.mapping.vocabulary import (
    LEFT_OUT,
    SOME_OF,
    Target,
    is_code,
    known_headings,
    plain,
    tokens_of,
    unbracketed,
)
from yimaqing.domains.intake.mapping.wording import alike_tokens, common, core
from yimaqing.domains.intake.reading.layout import STEP

OWN, OTHER, SPELT, SAME, CORE, INITIALS, PAIR, ALIKE = 1.0, 0.93, 0.88, 0.88, 0.8, 0.7, 0.5, 0.82
#: Above a group of columns: of whom they speak, when it is not the row's own subject.
_SOMEBODY = re.compile(
    r"^(户主|帮扶对象|帮扶(责任)?人|帮扶干部|责任人|联系人|配偶|监护人|家长|父亲|母亲|开户人|经办人|法人|村医|领取人|领款人|收款人|申请人|(包联|结对|联系)干部|代理人|代领人"
    r"|helper|head|headofhousehold|payee|guardian|spouse|contactperson|contactname)"
)
_MISSPELT = 0.85
_ABOUT = re.compile(r"(基本)?(信息|情况|资料|状况|项目)$")
#: Questions and answers are headed alike: 是否参加…, …情况.
_ASKING = re.compile(r"^(是否|有无|有否|是不是)(参加|享受|属于|加入|存在|有|是)?|(情况|状况|与否)$")
#: Below 起止时间: the one and the other end.
_BOUNDS = {
    **dict.fromkeys(("起", "始", "自", "从", "开始", "起始"), "开始"),
    **dict.fromkeys(("止", "终", "至", "到", "结束", "终止"), "结束"),
}
_LEVEL = re.compile(rf"{STEP}(?![^(（\[]*[)）\]])")
_BRACKETED = re.compile(r"[(（\[][^)）\]]*[)）\]]")
_SPAN = re.compile(r"起止|起讫|始末|起始终止|开始结束")


def levels_of(path: str) -> list[str]:
    """The levels of a heading; a stroke in brackets is none: 性别（男/女）."""
    return _LEVEL.split(path)


def label_score(path: str, target: Target) -> float:
    """How well the heading (levels joined by ``/``) names the target, 0 to 1."""
    said = max((_form_score(form, target) * weight for form, weight in forms_of(path)), default=0)
    english = _english(path, target)
    return max(said, SAME if english == 1 else ALIKE * english)


def speaks_of(path: str) -> tuple[str, str]:
    """Whom a column is about, and the rest, when it names somebody: 户主/电话, 家长电话."""
    parts = [plain(part) for part in levels_of(path)]
    upper = _SOMEBODY.match(_ABOUT.sub("", parts[-2])) if len(parts) > 1 else None
    if upper:
        return upper[0], parts[-1]
    own = _SOMEBODY.match(parts[-1])
    rest = parts[-1][own.end() :] if own else ""
    return (own[0], rest) if own and rest else ("", "")


def is_left_out(path: str) -> bool:
    """Whether the heading says that nothing in the column is kept."""
    said = plain(levels_of(path)[-1])
    return said in LEFT_OUT or bool(SOME_OF.fullmatch(said))


def is_exact(path: str) -> bool:
    """Whether some dataset knows the heading as it is."""
    return any(form in known_headings() for form, weight in forms_of(path) if weight > 0.9)


@lru_cache(maxsize=4096)
def forms_of(path: str) -> tuple[tuple[str, float], ...]:
    """Ways to read a heading of several levels, each with how much it counts."""
    parts = [part for part in levels_of(path) if part.strip()]
    if not parts:
        return ()
    codes = [(part.lower(), 1.0) for part in map(plain, parts) if is_code(part)]
    parts = [part for part in parts if not is_code(plain(part))] or parts
    last = parts[-1]
    forms = [(plain(last), 1.0), (unbracketed(last), 1.0)]
    if len(parts) > 1:
        upper = _ABOUT.sub("", plain(parts[-2]))
        forms = [(form, 0.97) for form, _ in forms]
        forms += [(upper + plain(last), 1.0), (plain(parts[-2]) + plain(last), 1.0)]
        forms.append((plain(last) + upper, 1.0))  # 收入情况/工资 is 工资收入
        if plain(last) in _BOUNDS:
            forms.append((_BOUNDS[plain(last)] + _SPAN.sub("", upper), 1.0))
        if len(plain(last)) < 2 or plain(last) in ("小计", "合计", "有无", "是否"):
            forms.append((plain(parts[-2]), 0.95))
    return tuple(dict.fromkeys((*codes, *(f for f in forms if f[0]))))


def _form_score(form: str, target: Target) -> float:
    known = (
        (target.names, form, OWN),
        (target.others, form, OTHER),
        (target.spelt, form, SPELT),
        (target.common, common(form), SAME),
        (target.core, core(form), CORE),
        # One letter says nothing; two may stand for much, so the cells have to agree.
        (target.initials, form, (0.0, 0.0, PAIR, INITIALS)[min(len(form), 3)]),
    )
    found = (score for words, said, score in known if said in words)
    return next(found, None) or ALIKE * _alike_any(form, target)


def _english(path: str, target: Target) -> float:
    words = tokens_of(_BRACKETED.sub("", levels_of(path)[-1]))
    if not words - {"number"}:
        return 0.0
    return max((alike_tokens(words, known) for known in target.words), default=0.0)


def _alike_any(form: str, target: Target) -> float:
    said = max((_alike(form, name) for name in target.names | target.others), default=0.0)
    brief = core(form)
    return max(said, max((_alike(brief, name) for name in target.core), default=0.0))


@lru_cache(maxsize=200_000)
def _alike(one: str, other: str) -> float:
    """Pairs of neighbours that both have, whatever asks or qualifies left aside; 0 to 1."""
    a, b = _ASKING.sub("", one) or one, _ASKING.sub("", other) or other
    if a == b:
        return 1.0
    if not set(a) & set(b) or (a.isascii() != b.isascii()):
        return 0.0
    short, long = sorted((a, b), key=len)
    pairs_a, pairs_b = _pairs(a), _pairs(b)
    shared = 2 * len(pairs_a & pairs_b) / max(1, len(pairs_a) + len(pairs_b))
    if a.isascii():
        return shared if shared > _MISSPELT else 0.0  # inactive is not active
    if len(short) >= 2 and short in long:
        return max(shared, 0.45 + 0.5 * len(short) / len(long))
    if len(short) >= 2 and set(short) <= set(long):
        return max(shared, 0.35 + 0.4 * len(short) / len(long))
    return shared


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)} or {text}
