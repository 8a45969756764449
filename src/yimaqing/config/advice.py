"""What granian advises and we have decided otherwise; see granian.json, which its logger reads.

Imports nothing of ours: granian's own process, which is not the program, loads it.
"""

from __future__ import annotations

import logging

#: Pages wait for the database most of their time: docs/explanation/three-services.md.
THREADS = "Python threads, which seems quite high"


class NotOnThreads(logging.Filter):
    """Leaves out that web threads are many for the machine's cores, and nothing else."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to print it."""
        return THREADS not in record.getMessage()
