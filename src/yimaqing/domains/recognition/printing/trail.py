"""That a form was printed, by whom."""

from __future__ import annotations

from django.db import transaction

from yimaqing.domains.accounts.models import User
from yimaqing.domains.audit.actions import record
from yimaqing.domains.recognition.models import Procedure


@transaction.atomic
def log_form(*, procedure: Procedure, form: str, by: User) -> None:
    """Log that a form with the household's name on it was printed."""
    record(
        action="recognition.form_printed",
        by=by,
        place_code=procedure.place_code,
        household_id=procedure.household_id,
        subject=("procedure", procedure.pk),
        after={"form": form},
    )
