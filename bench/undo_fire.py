"""Undos that are killed: of the terminal, of the jobs worker, of the database server."""

from __future__ import annotations

import subprocess
import sys

from bench.import_fire import YIMAQING, Fire, kill_group

DONE = ("undone", "refused")


class UndoFire(Fire):
    """Takes batches back in one way or another and kills a part of it at a moment."""

    def kill_undo(self, victim: str, name: str, after_seconds: float) -> bool:
        """Undo the batch of ``name`` and kill ``victim`` that many seconds later.

        Return whether the undo was under way: one that had ended was not hit.
        """
        batch = self.applied(name)
        runner = self._undo_by_worker(batch) if victim == "worker" else self._undo(batch)
        self._wait(runner, after_seconds)
        hit = not self._undone(batch)
        if victim == "postmaster":
            self._kill_server()
        else:
            kill_group(runner)
        self._end(runner)
        return hit

    def finish_undo(self, name: str) -> None:
        """Give the same command again until the batch is taken back."""
        batch = self.applied(name)
        if not self._undone(batch):
            runner = self._undo(batch)
            if runner.wait() > 1:
                raise RuntimeError(f"undo of {name}: status {runner.returncode}")

    def applied(self, name: str) -> int:
        """The first applied batch of a dataset: what it created is what an undo takes back."""
        sql = (
            "SELECT min(id) FROM intake_batch WHERE dataset = %s AND state = 'applied'"
            " AND created > 0"
        )
        return int(str(self._ask(sql, [name])))

    def _undo(self, batch: int) -> subprocess.Popen[bytes]:
        return self._start([YIMAQING, "undo", str(batch), "--reason", "kills", "--json"])

    def _undo_by_worker(self, batch: int) -> subprocess.Popen[bytes]:
        ask = (
            "from yimaqing.config.cli import set_up_django; set_up_django();"
            "from yimaqing.domains.intake.models import Batch;"
            "from yimaqing.domains.intake.tasks import ask_for_an_undo;"
            "from yimaqing.domains.intake.undo.requests import undo_batch;"
            f"held = Batch.objects.using('owner').get(pk={batch});"
            "asked = undo_batch(batch=held, reason='kills', by=None, dry_run=False, using='owner');"
            "ask_for_an_undo(asked.pk)"
        )
        self._leave_dead_jobs()
        subprocess.run([sys.executable, "-c", ask], env=self._environment, cwd="/", check=True)
        return self._start([YIMAQING, "jobs", "--threads", "1"])

    def _undone(self, batch: int) -> bool:
        sql = "SELECT count(*) FROM intake_undo WHERE batch_id = %s AND state = ANY (%s)"
        return bool(self._ask(sql, [batch, list(DONE)]))
