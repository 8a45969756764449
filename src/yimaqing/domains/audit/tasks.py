"""Jobs of the audit domain."""

from __future__ import annotations

from procrastinate.contrib.django import app

from yimaqing.domains.audit.sealing import seal


@app.periodic(cron="* * * * *", periodic_id="audit")
@app.task(name="audit.seal", queueing_lock="audit.seal", lock="audit.seal")
def seal_trail(timestamp: int) -> int:  # noqa: ARG001 - the job library passes it
    """Chain the entries of the last minute; ``timestamp`` is when it was due (Unix seconds)."""
    return seal()
