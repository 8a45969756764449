"""What a demonstration remembers between runs: its choices, log-ins and finished steps.

Kept in ``$YIMAQING_HOME/demo.json`` (0600), so that a killed run goes on where it was.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FILE = "demo.json"


class OtherDemo(RuntimeError):
    """The installation holds a demonstration of another scale, or real data."""


@dataclass
class Memory:
    """The demonstration of one installation."""

    home: Path
    scale: str
    as_of: dt.date
    passwords: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)  # of finished steps

    @property
    def files(self) -> Path:
        """Where the generated files lie."""
        return self.home / "demo"

    def truth(self) -> dict[str, Any]:
        """truth.json of the generated files."""
        text = (self.files / "truth.json").read_text(encoding="utf-8")
        return dict(json.loads(text))

    def done(self, step: str) -> bool:
        """Whether a step was finished by this run or an earlier one."""
        return step in self.seconds

    def finish(self, step: str, seconds: float) -> None:
        """Remember that a step is finished."""
        self.seconds[step] = round(seconds, 2)
        self.save()

    def save(self) -> None:
        """Write atomically; only the owner may read the passwords."""
        content = asdict(self) | {"as_of": self.as_of.isoformat()}
        content.pop("home")
        unfinished = self.home / f".{FILE}.new"
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.home / FILE)


def recall(home: Path) -> Memory | None:
    """The demonstration at ``home``, None where there is none."""
    path = home / FILE
    if not path.is_file():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    as_of = dt.date.fromisoformat(content.pop("as_of"))
    return Memory(home=home, as_of=as_of, **content)


def recall_or_begin(home: Path, *, scale: str, as_of: dt.date) -> Memory:
    """The demonstration at ``home``, begun now where there is none.

    Raise OtherDemo when it is of another scale: two registers would mix.
    """
    known = recall(home)
    if known is None:
        known = Memory(home, scale, as_of)
        known.save()
    if known.scale != scale:
        raise OtherDemo(
            f"{home} 已有规模为 {known.scale} 的演示 holds the demo of scale {known.scale}:"
            " 请另设 YIMAQING_HOME 或删除该目录 use another YIMAQING_HOME, or remove it"
        )
    return known
