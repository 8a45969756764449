"""Keeping questions: those that name people, and those saved as views."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import home_place
from yimaqing.domains.audit.actions import record
from yimaqing.domains.lists.asking import Question, personal
from yimaqing.domains.lists.models import SEALED_FOR, Asked, Export, View
from yimaqing.kit.crypto import CannotOpen, keyring
from yimaqing.kit.listing import Listing

_LONGEST_NAME = 40
_AT_ONCE = 1_000


class NameMissing(ValueError):
    """A view is saved under a name."""


def sealed(kept: Mapping[str, object]) -> bytes:
    """A question as it is kept."""
    text = json.dumps(kept, ensure_ascii=False)
    return keyring(settings.DATA_KEYS).seal(text, purpose=SEALED_FOR)


def opened(question_sealed: bytes | memoryview) -> dict[str, object]:
    """The reverse. Raise CannotOpen when its key is gone."""
    text = keyring(settings.DATA_KEYS).open(bytes(question_sealed), purpose=SEALED_FOR)
    found: dict[str, object] = json.loads(text)
    return found


@transaction.atomic
def keep_question(*, listing: Listing, question: Question, by: User) -> Question:
    """The question with the token under which its personal filters are kept; no audit row:
    nothing was looked at yet.
    """
    filters = personal(listing, question)
    if not filters:
        return replace(question, token="")
    kept = {"filters": {name: list(values) for name, values in filters.items()}}
    asked = Asked.objects.create(
        token=secrets.token_urlsafe(16),
        user_id=by.pk,
        listing=listing.slug,
        question_sealed=sealed(kept),
    )
    return replace(question, token=asked.token)


@transaction.atomic
def save_view(*, listing: Listing, question: Question, name: str, shared: bool, by: User) -> View:
    """The question under a name, replacing the user's own of that name. Raise NameMissing.

    Shared, it is found by whoever holds a post at the place that its user is assigned to, or
    below; each sees through it only what he may see anyway.
    """
    wanted = " ".join(name.split())[:_LONGEST_NAME]
    if not wanted:
        raise NameMissing(_("请给视图起个名字。"))
    view, _new = View.objects.update_or_create(
        user_id=by.pk,
        listing=listing.slug,
        name=wanted,
        defaults={
            "question_sealed": sealed(question.as_json()),
            "shared_with": home_place(by) if shared else "",
        },
    )
    record(
        action="lists.view_saved",
        by=by,
        place_code=home_place(by),
        subject=("view", view.pk),
        after={"listing": listing.slug, "shared": bool(view.shared_with)},
    )
    return view


@transaction.atomic
def remove_view(*, view: View, by: User) -> None:
    """Forget a view of one's own; somebody else's stays."""
    if view.user_id != by.pk:
        return
    record(
        action="lists.view_removed",
        by=by,
        place_code=home_place(by),
        subject=("view", view.pk),
        after={"listing": view.listing},
    )
    view.delete()


@transaction.atomic
def log_search(*, kinds: Sequence[str], hits: int, by: User) -> None:
    """Log that somebody searched, by what, and how many were found; never the word itself."""
    record(
        action="lists.searched",
        by=by,
        place_code=home_place(by),
        after={"ways": list(kinds), "hits": hits},
    )


def seal_questions_anew() -> int:
    """Seal what users asked with the newest key where another sealed it; how many there were.

    A question whose key is gone already stays as it is. Killed at any point, run again.
    """
    newest = keyring(settings.DATA_KEYS).keys[0][0]
    return sum(_seal_anew(table.objects.using("owner"), newest) for table in (Asked, View, Export))


def _seal_anew(kept: QuerySet[Any], newest: int) -> int:
    done, last = 0, 0
    while True:
        with transaction.atomic(using="owner"):
            rows = kept.select_for_update().filter(pk__gt=last).order_by("pk")
            held = list(rows[:_AT_ONCE])
            for one in held:
                if bytes(one.question_sealed)[0] == newest:
                    continue
                with suppress(CannotOpen):
                    one.question_sealed = sealed(opened(one.question_sealed))
                    one.save(using="owner", update_fields=["question_sealed"])
                    done += 1
        if not held:
            return done
        last = held[-1].pk
