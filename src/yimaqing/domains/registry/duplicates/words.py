"""Why a pair is thought to be one, and what its fields are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from yimaqing.kit.ids import mask_name

#: (comparison, level) of likeness.MODEL; what speaks against stands under the level "".
REASONS = {
    ("name", "same_name"): _("姓名相同"),
    ("name", "variant_characters"): _("姓名是繁简或异体写法"),
    ("name", "same_sound"): _("姓名同音"),
    ("name", "swapped_characters"): _("姓名字序颠倒"),
    ("name", "near_sound"): _("姓名读音相近"),
    ("name", "one_character_off"): _("姓名差一个字"),
    ("name", ""): _("姓名不同"),
    ("identity", "same_id"): _("证件号码指同一人"),
    ("identity", "same_head_id"): _("户主证件号码相同"),
    ("identity", "id_one_digit_off"): _("证件号码差一位"),
    ("identity", "id_serial_digit_off"): _("出生日期相同，证件顺序号差一位"),
    ("identity", "same_birth_ids_differ"): _("出生日期相同，证件号码不同"),
    ("identity", "same_birth"): _("出生日期相同"),
    ("identity", "birth_digit_off"): _("出生日期差一位"),
    ("identity", "same_year"): _("出生年份相同"),
    ("identity", ""): _("出生日期不同"),
    ("sex", "same_sex"): _("性别相同"),
    ("sex", ""): _("性别不同"),
    ("place", "same_household"): _("在同一户"),
    ("place", "same_village"): _("在同一村"),
    ("place", "same_township"): _("在同一乡镇"),
    ("place", "same_county"): _("在同一县"),
    ("place", ""): _("在不同的县"),
    ("phone", "same_phone"): _("电话相同"),
    ("family", "same_family"): _("家庭成员有同名的人"),
    ("family", ""): _("家庭成员没有同名的人"),
}
#: What speaks against; the others speak for it.
AGAINST = {("name", ""), ("identity", ""), ("sex", ""), ("family", ""), ("place", "")}

FIELDS = {
    "name": _("姓名"),
    "id_number": _("证件号码"),
    "phone": _("联系电话"),
    "sex": _("性别"),
    "born_on": _("出生日期"),
    "relation": _("与户主关系"),
    "ethnicity": _("民族"),
    "education": _("文化程度"),
    "student_status": _("在校生状况"),
    "health": _("健康状况"),
    "labour_skill": _("劳动技能"),
    "resident_medical": _("居民医保"),
    "employee_medical": _("职工医保"),
    "major_illness_insurance": _("大病保险"),
    "resident_pension": _("居民养老保险"),
    "employee_pension": _("职工养老保险"),
    "minimum_living": _("低保"),
    "military": _("现役军人"),
    "work_area": _("务工区域"),
    "work_months": _("务工月数"),
    "head_name": _("户主"),
    "bank_account": _("银行账号"),
    "main_cause": _("主要致贫原因"),
    "register_class": _("登记类别"),
    "group": _("三类户类型"),
    "poverty_status": _("脱贫状态"),
    "attribute": _("贫困户属性"),
    "standard": _("识别标准"),
    "return_cause": _("返贫原因"),
    "team": _("组"),
    "address": _("住址"),
    "member_count": _("家庭人口数"),
    "recognised_year": _("识别年度"),
    "exit_year": _("脱贫年度"),
}


def said(reasons: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """Reasons in words, each with whether it speaks for the two being one."""
    return [
        (str(words), (name, level) not in AGAINST)
        for (name, level), words in REASONS.items()
        if reasons.get(name) == level
    ]


def masked_pair(left: str, right: str) -> tuple[str, str]:
    """王晓红, 王小红 → 王晓*, 王小*: masked but where they differ, so that one sees why.

    Names that have nothing in common are masked as everywhere.
    """
    if set(left).isdisjoint(right):
        return mask_name(left), mask_name(right)
    if len(left) != len(right):
        return _masked(left, set(right)), _masked(right, set(left))
    shown = [
        (a if at == 0 or a != b else "*", b if at == 0 or a != b else "*")
        for at, (a, b) in enumerate(zip(left, right, strict=True))
    ]
    return "".join(a for a, _b in shown), "".join(b for _a, b in shown)


def _masked(name: str, known: set[str]) -> str:
    return "".join(c if at == 0 or c not in known else "*" for at, c in enumerate(name))
