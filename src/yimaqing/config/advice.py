"""What granian advises and we have decided otherwise; see granian.json, which its logger reads.

Imports nothing of ours: granian's own process, which is not the program, loads it.
"""

from __future__ import annotations

import logging

#: Pages wait for the database half of their time, and threads of one process for each other:
#: docs/explanation/three-services.md, docs/decisions/0025.
THREADS = "Python threads, which seems quite high"
PROCESSES = "workers appears to be higher than the amount of CPU cores"


class NotOnThreads(logging.Filter):
    """Leaves out that web processes and threads are many for the cores, and nothing else."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to print it."""
        said = record.getMessage()
        return THREADS not in said and PROCESSES not in said
