"""Whether a session still stands: it was opened with the password that the user has now."""

from __future__ import annotations

import datetime as dt
from importlib import import_module

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, get_user_model
from django.utils.crypto import constant_time_compare

#: Sessions found to hold, with what they stand with: a worker scans one door after another.
#: It only spares the check; whether the session is there, and stands the same, is read anew.
_HELD: dict[str, str] = {}
_MOST = 4096


def standing_of(session_key: str) -> str:
    """What the session was found to stand with; empty when it was not checked yet."""
    return _HELD.get(session_key, "")


def remember(session_key: str, standing: str) -> None:
    """Keep what a session that holds stands with."""
    if len(_HELD) >= _MOST:
        _HELD.clear()
    _HELD[session_key] = standing


def session_holds(session_data: str, user_id: int, password_changed_at: str | None) -> bool:
    """Django's own check, which the web service makes on each request.

    A changed password ends the sessions opened before.
    """
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    sealed_with = str(store.decode(session_data).get(HASH_SESSION_KEY, ""))
    changed = None
    if password_changed_at:
        changed = dt.datetime.fromisoformat(password_changed_at).astimezone(dt.UTC)
    user = get_user_model()(pk=user_id, password_changed_at=changed)
    return constant_time_compare(sealed_with, user.get_session_auth_hash())
