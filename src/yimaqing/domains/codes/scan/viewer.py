"""Whether a session still stands: it was opened with the password that the user has now."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from importlib import import_module

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, get_user_model
from django.utils.crypto import constant_time_compare


@lru_cache(maxsize=4096)
def session_holds(session_data: str, user_id: int, password_changed_at: str | None) -> bool:
    """Django's own check, which the web service makes on each request.

    A changed password ends the sessions opened before. The answer is kept, because a
    worker scans one door after another with the same session.
    """
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    sealed_with = str(store.decode(session_data).get(HASH_SESSION_KEY, ""))
    changed = None
    if password_changed_at:
        changed = dt.datetime.fromisoformat(password_changed_at).astimezone(dt.UTC)
    user = get_user_model()(pk=user_id, password_changed_at=changed)
    return constant_time_compare(sealed_with, user.get_session_auth_hash())
