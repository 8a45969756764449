"""That a file was printed, by whom and why."""

from __future__ import annotations

from django.db import transaction

from yimaqing.domains.accounts.models import User
from yimaqing.domains.audit.actions import record
from yimaqing.domains.registry.models import Household


@transaction.atomic
def log_printing(*, household: Household, by: User, purpose: str) -> None:
    """Log that a file was printed; the household sees it among those who opened its file."""
    record(
        action="registry.file_printed",
        by=by,
        place_code=household.place_code,
        household_id=household.pk,
        subject=("household", household.pk),
        purpose=purpose,
    )
