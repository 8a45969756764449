"""Sessions in the database that know their user."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from yimaqing.domains.accounts.models import Session


class SessionStore(DatabaseStore):
    """Django's database session with the user's number beside it."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The model that holds the sessions."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """A row for ``data``; the user's number lets the scan find its viewer in one query."""
        session = cast("Session", super().create_model_instance(data))
        user = data.get(SESSION_KEY)
        session.user_id = int(user) if user else None
        return session
