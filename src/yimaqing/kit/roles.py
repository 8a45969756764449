"""Two database roles over one schema."""

from __future__ import annotations

from typing import Any


class OneSchemaTwoRoles:
    """Migrations run as the owner only; everything else uses the alias it names.

    The application role (alias ``default``) owns nothing, so row-level security
    applies to it; the owner (alias ``owner``) migrates, imports, snapshots, backs up.
    """

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Only the owner may change the schema."""
        return db == "owner"

    def allow_relation(self, left: Any, right: Any, **hints: Any) -> bool:
        """Both aliases show the same rows."""
        return True
