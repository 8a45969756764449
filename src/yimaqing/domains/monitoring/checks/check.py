"""What a check is, and the file that says which checks there are and with which values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from yimaqing.domains.monitoring.checks.conditions import CONDITIONS
from yimaqing.domains.monitoring.rules.reading import Table, each, parse
from yimaqing.domains.monitoring.rules.ruleset import STATUSES, Citation

#: Where a doubt is mended: the part of the household's file.
MENDED_AT = ("household", "members", "living", "income", "measures", "readings")
#: What a check is about, in the order in which checks are shown.
TOPICS = ("guarantees", "monitoring", "help", "members", "labour", "money")
MOST = 100  # two digits name a check within an expression
SHIPPED = Path(__file__).resolve().parents[1] / "checksets" / "register.toml"


@dataclass(frozen=True)
class Check:
    """One question that the register is asked: which facts do not agree, and who mends it how.

    ``condition`` names the expression; ``numbers`` and ``words`` are its values. ``is_on``
    false: the check is kept and shown, but not asked.
    """

    code: str
    topic: str
    condition: str
    zh: str
    en: str
    mend_zh: str
    mend_en: str
    mended_at: str
    citation: Citation
    is_on: bool = True
    numbers: Mapping[str, int] = field(default_factory=dict, hash=False)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Checks:
    """A file of checks: its version and the checks in their order."""

    version: str
    all: tuple[Check, ...]

    @property
    def asked(self) -> tuple[Check, ...]:
        """Those that are switched on."""
        return tuple(check for check in self.all if check.is_on)

    def get(self, code: str) -> Check | None:
        """The check of that code; None when the file no longer has it."""
        return next((check for check in self.all if check.code == code), None)


def load_checks(path: Path) -> Checks:
    """The checks of a file. Raises RulesetInvalid, with every fault and its line."""
    document = parse(path)
    head = document.table("checks")
    version = head.text("version") if head else ""
    found: tuple[Check, ...] = each(document, "check", _check)
    seen: set[str] = set()
    for table, check in zip(document.tables("check"), found, strict=True):
        if check.code in seen:
            table.fault("code", "核查代码 {code} 重复", "每项核查用不同的代码", code=check.code)
        seen.add(check.code)
    if len(found) > MOST:
        many = {"count": len(found), "most": MOST}
        document.fault(0, "[[check]]", "共 {count} 项，超过 {most} 项", "删去不用的核查", **many)
    document.finish()
    return Checks(version, found)


@lru_cache(maxsize=1)
def shipped_checks() -> Checks:
    """The checks of this product's version."""
    return load_checks(SHIPPED)


def _check(table: Table) -> Check:
    condition = table.text("condition", among=tuple(CONDITIONS))
    wanted = CONDITIONS.get(condition)
    return Check(
        code=table.text("code"),
        topic=table.text("topic", among=TOPICS),
        condition=condition,
        zh=table.text("zh"),
        en=table.text("en"),
        mend_zh=table.text("mend.zh"),
        mend_en=table.text("mend.en"),
        mended_at=table.text("mended_at", among=MENDED_AT),
        citation=Citation(
            table.text("source"), table.text("url", ""), table.text("status", among=STATUSES)
        ),
        is_on=table.flag("on", default=True),
        numbers={
            name: table.whole(name, low=-100, high=100_000)
            for name in (wanted.numbers if wanted else ())
        },
        words={name: table.texts(name) for name in (wanted.words if wanted else ())},
    )
