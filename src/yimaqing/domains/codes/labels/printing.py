"""Drawing a run: part by part, on both cores, so that it can be killed and goes on.

A part is half a ream of sheets, sealed on disk before the run says that it is done. A run that
is begun again draws only the parts that are missing; the labels and their order were
written down before the first was drawn.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.audit.actions import record
from yimaqing.domains.codes import permissions
from yimaqing.domains.codes.addresses import require_printable
from yimaqing.domains.codes.labels.choosing import OWNER, Asked, Place, keep_chosen
from yimaqing.domains.codes.labels.contents import Contents
from yimaqing.domains.codes.labels.layout import layouts
from yimaqing.domains.codes.labels.process import DrawingProcess
from yimaqing.domains.codes.labels.sheet import Kept, Label, Sheet
from yimaqing.domains.codes.models import LabelPrint, LabelRun, RunState
from yimaqing.kit.rowscope import Scope, scoped

FOLDER = "labels"
SHEETS_A_PART = 250
DEMO_NOTE = "演示数据"
_MOST_PROCESSES = 2
#: How many labels of a missing character are named; the first ones are looked at.
_MOST_NAMED = 50

Progress = Callable[[LabelRun], None]


def part_path(run_id: int, part: int) -> Path:
    """Where a part (from 1) of a run is kept, sealed."""
    return Path(settings.FILES) / FOLDER / str(run_id) / f"{part:03d}.pdf"


def sheet_of(run: LabelRun) -> Sheet:
    """How the run's sheets are drawn."""
    asked = Asked.restored(run.asked)
    return Sheet(
        layout=layouts()[run.layout],
        start=asked.start,
        note=DEMO_NOTE if settings.DEMO else "",
        year=asked.year,
        title=f"标签 {run.pk}",
    )


def print_run(
    run_id: int, *, using: str = "default", show: Progress | None = None, processes: int = 0
) -> LabelRun:
    """Take a run to its end, from wherever it was left; done already, it does nothing.

    ``using`` is ``owner`` for the operator's command; else the run is drawn within the scope
    of who asked. ``processes`` is how many draw at once (0: one a core, at most two). Raises
    AddressNotPrintable.
    """
    require_printable()
    run = LabelRun.objects.using(OWNER).get(pk=run_id)
    if run.state == RunState.ASKED:
        _choose(run, using)
    if run.state == RunState.DRAWING:
        _draw(run, using, show or (lambda _run: None), processes)
    return run


def _user_of(run: LabelRun) -> User | None:
    return User.objects.filter(pk=run.user_id).first() if run.user_id else None


@contextmanager
def _reading(run: LabelRun, using: str) -> Iterator[None]:
    """A transaction that sees what the run's user may print."""
    user = _user_of(run)
    if using == OWNER:
        with transaction.atomic(using=using):
            yield
        return
    with scoped(scope_of(user, permissions.PRINT) if user else Scope.nothing()):
        yield


def _choose(run: LabelRun, using: str) -> None:
    """Write down what is printed and how many parts that makes, in one transaction."""
    asked, layout = Asked.restored(run.asked), layouts()[run.layout]
    with _reading(run, using), transaction.atomic(using=OWNER):
        place = Place(run.place_code, run.place_level)
        # Whoever may not print here any more sees no code.
        run.labels = keep_chosen(run.pk, asked, place, using)
        run.sheets = layout.sheets(run.labels, asked.start)
        run.parts = -(-run.sheets // SHEETS_A_PART)
        run.state = RunState.DRAWING
        run.save(using=OWNER, update_fields=["labels", "sheets", "parts", "state"])
    if not run.labels:
        _end(run, RunState.EMPTY)


def _end(run: LabelRun, state: RunState) -> None:
    run.state, run.finished_at = state, timezone.now()
    LabelRun.objects.using(OWNER).filter(pk=run.pk).update(
        state=run.state, finished_at=run.finished_at
    )


def _draw(run: LabelRun, using: str, show: Progress, processes: int) -> None:
    done = _existing(run)
    waiting = [part for part in range(1, run.parts + 1) if part not in done]
    workers = min(processes or min(_MOST_PROCESSES, os.cpu_count() or 1), len(waiting))
    contents: Contents | None = None
    with ExitStack() as open_processes:
        free = [open_processes.enter_context(_drawer(workers)) for _ in range(workers)]
        busy: deque[Drawer] = deque()
        for part in waiting:
            with _reading(run, using):
                contents = contents or Contents(
                    Place(run.place_code, run.place_level), layouts()[run.layout], using
                )
                labels, sheet = _part(run, part, contents, using)
            if not free:  # its labels are read while the others draw
                free.append(busy.popleft())
                _note(run, free[-1].result(), show)
            busy.append(free.pop())
            busy[-1].draw(labels, sheet, part_path(run.pk, part), settings.DATA_KEYS)
        for drawer in busy:
            _note(run, drawer.result(), show)
    _finish(run)


class DrawnHere:
    """Draws a part in this process: a single part is not worth starting another."""

    def draw(self, labels: list[Label], sheet: Sheet, path: Path, keys: str) -> None:
        """Draw it at once."""
        from yimaqing.domains.codes.labels.drawing import draw_and_seal  # noqa: PLC0415 - Skia

        self._kept = draw_and_seal(labels, sheet, path, keys)

    def result(self) -> Kept:
        """What came of it."""
        return self._kept


Drawer = DrawingProcess | DrawnHere


def _drawer(workers: int) -> AbstractContextManager[Drawer]:
    return DrawingProcess() if workers > 1 else nullcontext(DrawnHere())


def _existing(run: LabelRun) -> set[int]:
    """Parts that are on disk; a part appears under its name only when it is whole."""
    return {part for part in range(1, run.parts + 1) if part_path(run.pk, part).is_file()}


def _part(run: LabelRun, part: int, contents: Contents, using: str) -> tuple[list[Label], Sheet]:
    """The labels of a part; the first one begins where the sheet is still free."""
    asked, sheet = Asked.restored(run.asked), sheet_of(run)
    size = SHEETS_A_PART * sheet.layout.per_sheet
    low, high = (part - 1) * size - (asked.start - 1), part * size - (asked.start - 1)
    codes = (
        LabelPrint.objects.using(using)
        .filter(run=run, number__gt=low, number__lte=high)
        .order_by("number")
        .values_list("code_id", flat=True)
    )
    labels = contents.labels(asked.kind, list(codes))
    return labels, sheet if part == 1 else Sheet(**{**vars(sheet), "start": 1})


def _note(run: LabelRun, kept: Kept, show: Progress) -> None:
    """Say that a part is done, and what could not be written on it."""
    for character, numbers in kept.missing.items():
        named = [*run.missing.get(character, []), *numbers]
        run.missing[character] = list(dict.fromkeys(named))[:_MOST_NAMED]
    run.parts_done = len(_existing(run))
    LabelRun.objects.using(OWNER).filter(pk=run.pk).update(
        parts_done=run.parts_done, missing=run.missing
    )
    show(run)


def _finish(run: LabelRun) -> None:
    """The run is ready; the trail says once what was printed."""
    user = _user_of(run)
    with transaction.atomic(using=OWNER):
        _end(run, RunState.READY)
        record(
            action="codes.labels_printed",
            by=user,
            actor="" if user else run.actor,
            place_code=run.place_code,
            subject=("label_run", run.pk),
            after={"layout": run.layout, "labels": run.labels, "sheets": run.sheets},
            using=OWNER,
        )
