"""Exports that are killed: of the jobs worker and of the database server."""

from __future__ import annotations

import subprocess
import sys

from bench.import_fire import LOG_IN, YIMAQING, kill_group
from bench.undo_fire import UndoFire

#: Asks for all persons as CSV, as the officer that LOG_IN makes; prints the export's number.
ASK = (
    LOG_IN
    + """
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.lists.actions import ask_export
from yimaqing.domains.lists.asking import Question
from yimaqing.domains.lists.catalogue import listing
from yimaqing.kit.rowscope import scoped
persons = listing("persons")
with scoped(scope_of(user, persons.permission)):
    asked = ask_export(listing=persons, question=Question("persons"), file_format="csv",
                       purpose="kills", clear=False, by=user)
print(asked.pk)
"""
)
QUEUE = """
from yimaqing.config.cli import set_up_django
set_up_django()
from yimaqing.domains.lists.models import Export
from yimaqing.domains.lists.tasks import ask_for_a_run
ask_for_a_run(Export.objects.using("owner").get(pk={number}))
"""
#: Rows of a finished export, without what names it: how many, and their fingerprint.
READ = """
from yimaqing.config.cli import set_up_django
set_up_django()
import hashlib
from django.conf import settings
from yimaqing.domains.lists.models import Export
from yimaqing.kit.crypto import keyring
from yimaqing.kit.files import open_stored
held = Export.objects.using("owner").get(pk={number})
with open_stored(settings.FILES / held.stored_as, keyring(settings.DATA_KEYS)) as file:
    lines = [line for line in file.read().splitlines() if held.number.encode() not in line]
print(len(lines), hashlib.sha256(b"".join(lines)).hexdigest())
"""


class ExportFire(UndoFire):
    """Writes exports by a worker and kills it, or the server, at a moment."""

    def ask_export(self) -> int:
        """A new export that waits; its number."""
        return int(self._said(ASK).split()[-1])

    def kill_export(self, victim: str, number: int, after_seconds: float) -> bool:
        """Write the export and kill ``victim`` that many seconds later; whether it was hit.

        Raise RuntimeError where an unfinished export is offered.
        """
        worker = self._export(number)
        self._wait(worker, after_seconds)
        hit = self._state_of_export(number) not in ("done", "failed")
        if victim == "postmaster":
            self._kill_server()
        kill_group(worker)
        self._end(worker)
        stored = self._ask("SELECT stored_as FROM lists_export WHERE id = %s", [number])
        if self._state_of_export(number) != "done" and stored:
            raise RuntimeError(f"export {number} is offered before it is whole")
        return hit

    def finish_export(self, number: int, seconds: float = 300) -> str:
        """Let a worker write it to its end; the fingerprint of its rows."""
        worker = self._export(number)
        self._until(lambda: self._state_of_export(number) in ("done", "failed"), seconds)
        kill_group(worker)
        self._end(worker)
        return self._said(READ.format(number=number)).strip()

    def _export(self, number: int) -> subprocess.Popen[bytes]:
        self._leave_dead_jobs()
        if self._state_of_export(number) not in ("done", "failed"):
            self._said(QUEUE.format(number=number))
        return self._start([YIMAQING, "jobs", "--threads", "1"])

    def _state_of_export(self, number: int) -> object:
        return self._ask("SELECT state FROM lists_export WHERE id = %s", [number])

    def _said(self, script: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", script],
            env=self._environment,
            cwd="/",
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout
