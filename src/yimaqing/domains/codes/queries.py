"""Reading codes within the request's scope."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet

from yimaqing.domains.codes.models import Code, State
from yimaqing.domains.codes.tokens import is_well_formed, read_number

#: No code has a higher number: beyond it a database does not count.
_MOST = 1 << 63


def codes_of(
    kind: str, place_code: str, subject_id: int = 0, using: str = "default"
) -> QuerySet[Code]:
    """Every code that a subject has had, newest first."""
    return (
        Code.objects.using(using)
        .filter(kind=kind, place_code=place_code, subject_id=subject_id)
        .order_by("-id")
    )


def active_code(
    kind: str, place_code: str, subject_id: int = 0, using: str = "default"
) -> Code | None:
    """The code that a subject's label should carry now."""
    return codes_of(kind, place_code, subject_id, using).filter(state=State.ACTIVE).first()


def find_code(text: str, using: str = "default") -> Code | None:
    """A code by its address, its token or its printed number."""
    return find_codes([text], using)[text]


def find_codes(texts: Collection[str], using: str = "default") -> dict[str, Code | None]:
    """Codes by what ``find_code`` reads, each text with its own; one query for all."""
    tokens = {text: token for text in texts if is_well_formed(token := _token_in(text))}
    numbers = {text: read_number(text) for text in texts if text not in tokens}
    asked = Q(token__in=tokens.values()) | Q(
        pk__in=[n for n in numbers.values() if n and n < _MOST]
    )
    held = list(Code.objects.using(using).filter(asked))
    by_token, by_number = {c.token: c for c in held}, {c.pk: c for c in held}
    return {
        text: by_token.get(tokens[text]) if text in tokens else by_number.get(numbers[text] or 0)
        for text in texts
    }


def _token_in(text: str) -> str:
    return text.strip().rstrip("/").rsplit("/", 1)[-1].lower()
