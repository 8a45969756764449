"""Opening a file and its sealed values: each opening is logged with a purpose."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import may
from yimaqing.domains.audit.actions import record
from yimaqing.domains.registry.models import Household, Person
from yimaqing.kit.crypto import keyring

#: Sealed columns: (model, field) → the purpose string that the value was sealed with.
SEALED = {
    ("household", "phone"): b"registry_household.phone",
    ("household", "bank_account"): b"registry_household.bank_account",
    ("person", "id_number"): b"registry_person.id_number",
    ("person", "phone"): b"registry_person.phone",
}


class PurposeMissing(ValueError):
    """A sealed value is opened only with a purpose."""


class CannotUnmask(PermissionError):
    """The user's role does not open sealed values here."""


@transaction.atomic
def open_file(*, household: Household, by: User, purpose: str) -> None:
    """Log that a file was opened."""
    record(
        action="registry.file_opened",
        by=by,
        place_code=household.place_code,
        household_id=household.pk,
        subject=("household", household.pk),
        purpose=purpose,
    )


@transaction.atomic
def unmask(*, subject: Household | Person, field: str, purpose: str, by: User) -> str:
    """The clear value of a sealed field, logged; empty when the field holds nothing.

    Raise PurposeMissing without a purpose, CannotUnmask without the right at that place,
    KeyError for a field that is not sealed.
    """
    if not purpose.strip():
        raise PurposeMissing(field)
    kind = "household" if isinstance(subject, Household) else "person"
    household_id = subject.pk if isinstance(subject, Household) else subject.household_id
    sealed_for = SEALED[kind, field]
    if not may(by, "registry.unmask", subject.place_code, household_id):
        raise CannotUnmask(field)
    record(
        action="registry.unmasked",
        by=by,
        place_code=subject.place_code,
        household_id=household_id,
        subject=(kind, subject.pk),
        purpose=purpose,
        after={"field": field},
    )
    sealed = getattr(subject, f"{field}_sealed")
    return keyring(settings.DATA_KEYS).open(sealed, purpose=sealed_for) if sealed else ""
