"""Backup and restore: the database as the owner sees it, and the files beside it.

A backup is a folder that is complete when it has a manifest. It holds no keys: without
YIMAQING_DATA_KEY, kept elsewhere, sealed columns in it cannot be read, by a thief or by you.
"""

from yimaqing.config.backup.manifest import BadBackup, Manifest, check
from yimaqing.config.backup.restoring import restore, trail_ends_earlier
from yimaqing.config.backup.saving import make

__all__ = ["BadBackup", "Manifest", "check", "make", "restore", "trail_ends_earlier"]
