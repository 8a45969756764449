"""Reading codes within the request's scope."""

from __future__ import annotations

from django.db.models import QuerySet

from yimaqing.domains.codes.models import Code, State
from yimaqing.domains.codes.tokens import is_well_formed, read_number


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
    token = text.strip().rstrip("/").rsplit("/", 1)[-1].lower()
    codes = Code.objects.using(using)
    if is_well_formed(token):
        return codes.filter(token=token).first()
    number = read_number(text)
    return codes.filter(pk=number).first() if number is not None else None
