"""Django application of the accounts domain."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

from yimaqing.kit.rowscope import APP_ROLE

# The job library makes its own tables; the application role needs them whole.
GRANT_JOBS = f"""
DO $$ DECLARE t text; BEGIN
  FOR t IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
           WHERE schemaname = 'public' AND tablename LIKE 'procrastinate\\_%' LOOP
    EXECUTE 'GRANT SELECT, INSERT, UPDATE, DELETE ON ' || t || ' TO {APP_ROLE}';
  END LOOP;
  FOR t IN SELECT format('%I.%I', schemaname, sequencename) FROM pg_sequences
           WHERE schemaname = 'public' AND sequencename LIKE 'procrastinate\\_%' LOOP
    EXECUTE 'GRANT USAGE, SELECT ON SEQUENCE ' || t || ' TO {APP_ROLE}';
  END LOOP;
  GRANT SELECT ON django_content_type, django_migrations TO {APP_ROLE};
END $$
"""


class AccountsConfig(AppConfig):
    """Users, roles, assignments, scope."""

    name = "yimaqing.domains.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Grant the job tables to the application role after each migration."""
        post_migrate.connect(_grant_jobs, sender=self)


def _grant_jobs(using: str, **_signal: Any) -> None:
    if using == "owner":
        with connections[using].cursor() as cursor:
            cursor.execute(GRANT_JOBS)
