"""Printing labels: asked for here, drawn by a job or by the operator's command."""

from __future__ import annotations

from django.db import transaction

from yimaqing.domains.audit.actions import Actor, record
from yimaqing.domains.codes.addresses import require_printable
from yimaqing.domains.codes.labels.choosing import Asked, Place
from yimaqing.domains.codes.labels.layout import layouts
from yimaqing.domains.codes.models import LabelRun


class BadStart(ValueError):
    """The sheet has no such position; the message is how many it has."""


def ask_for_labels(
    *,
    place: Place,
    layout: str,
    asked: Asked,
    by: Actor | None,
    actor: str = "",
    using: str = "default",
) -> LabelRun:
    """A run of labels, not yet drawn.

    Raises AddressNotPrintable where no phone reaches the installation's address, BadStart for
    a position that the sheet does not have, KeyError for an unknown layout.
    """
    require_printable()
    positions = layouts()[layout].per_sheet
    if not 1 <= asked.start <= positions:
        raise BadStart(positions)
    with transaction.atomic(using=using):
        run = LabelRun.objects.using(using).create(
            place_code=place.code,
            place_level=place.level,
            layout=layout,
            asked=asked.stored(),
            user_id=by.pk if by is not None else None,
            actor=f"user:{by.pk}" if by is not None else actor,
        )
        record(
            action="codes.labels_asked",
            by=by,
            actor=actor,
            place_code=place.code,
            subject=("label_run", run.pk),
            after={"layout": layout, "only": asked.only, "kind": asked.kind},
            using=using,
        )
    return run


def take_labels(*, run: LabelRun, part: int, by: Actor) -> None:
    """Log that somebody took a part of a run's sheets."""
    record(
        action="codes.labels_taken",
        by=by,
        place_code=run.place_code,
        subject=("label_run", run.pk),
        after={"part": part},
    )
