"""The surname of a household's head: all that a label says of who lives there."""

from __future__ import annotations

#: Compound surnames in use (《百家姓》 and those that the Ministry of Public Security's name
#: statistics list with more than a few hundred holders).
_COMPOUND = """
欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台
皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘
子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐
段干 百里 呼延 东郭 南门 羊舌 微生 梁丘 左丘 东门 西门 南荣 第五 贺兰 淳于 单于
叱干 纳兰 完颜 叶赫 耶律 那拉 侯莫
"""
COMPOUND = frozenset(_COMPOUND.split())
_DOTS = "·•・．."


def surname_of(name: str) -> str:
    """王秀英 → 王, 欧阳建国 → 欧阳; empty where a name has no Chinese surname.

    A name of one part with a dot (阿依古丽·买买提) or in other letters begins with the given
    name, which is not for a door.
    """
    held = "".join(name.split())
    if len(held) < 2 or any(dot in held for dot in _DOTS) or held[0].isascii():
        return ""
    return held[:2] if held[:2] in COMPOUND and len(held) > 2 else held[:1]


def family_name(name: str) -> str:
    """张家, 欧阳家; empty where there is no surname."""
    surname = surname_of(name)
    return f"{surname}家" if surname else ""
