"""A process that draws parts, one after the other, and ends with who started it.

Not a pool of the standard library: that would import the whole program again in each process
(42 MiB and two seconds), and would live on when its parent is killed. This one reads parts
from its input until that is closed, which a killed parent's is.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from yimaqing.domains.codes.labels.sheet import Kept, Label, Sheet


class DrawingFailed(RuntimeError):
    """The drawing process ended before its part was done; its own words are on standard error."""


class DrawingProcess:
    """``draw`` hands it a part, ``result`` waits for that part; one part at a time."""

    def __init__(self) -> None:
        paths = os.pathsep.join(path for path in sys.path if path)
        self._running = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [sys.executable, "-m", __name__],
            env=os.environ | {"PYTHONPATH": paths},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def draw(self, labels: list[Label], sheet: Sheet, path: Path, keys: str) -> None:
        """Begin a part. Raises DrawingFailed when the process is gone."""
        try:
            pickle.dump((labels, sheet, path, keys), _pipe(self._running.stdin))
            _pipe(self._running.stdin).flush()
        except BrokenPipeError as error:
            raise DrawingFailed(path.name) from error

    def result(self) -> Kept:
        """What came of the part. Raises DrawingFailed."""
        line = _pipe(self._running.stdout).readline()
        if not line:
            raise DrawingFailed(f"status {self._running.wait()}")
        return Kept(**json.loads(line))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._running.kill()
        self._running.communicate()


def _pipe(pipe: object) -> BinaryIO:
    return pipe  # type: ignore[return-value] # Popen was asked for both


def serve(parts: BinaryIO, answers: BinaryIO) -> None:
    """Draw the parts that come in until there are no more."""
    from yimaqing.domains.codes.labels.drawing import draw_and_seal  # noqa: PLC0415 - Skia

    while parts.peek(1):  # type: ignore[attr-defined] # standard input is buffered
        labels, sheet, path, keys = pickle.load(parts)  # noqa: S301 - from our own parent
        kept = draw_and_seal(labels, sheet, path, keys)
        answers.write(json.dumps(asdict(kept)).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
