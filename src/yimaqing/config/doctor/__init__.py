"""`yimaqing doctor`: what is wrong with an installation, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator

from yimaqing.config.doctor import database, files, keys, people, work
from yimaqing.config.doctor.findings import Check, Finding, State

__all__ = ["Finding", "State", "examine"]

WITHOUT_DATABASE: tuple[Check, ...] = (
    keys.secret_key,
    keys.data_key,
    keys.public_url,
    files.data_directory,
    files.disk_space,
    files.procedures,
    files.front_end,
    files.static_files,
    files.fonts,
    files.translations,
    work.calendar,
)
WITH_DATABASE: tuple[Check, ...] = (
    database.application_role,
    database.owner_role,
    database.migrations,
    database.row_level_security,
    database.durability,
    people.administrator,
    work.clock,
    work.audit_tail,
    work.jobs,
    work.failed_jobs,
    work.judging,
)


def examine() -> Iterator[Finding]:
    """Run every check; those that need a database only when one answers."""
    for check in WITHOUT_DATABASE:
        yield check()
    reachable = database.reachable()
    yield reachable
    if reachable.state == State.FAIL:
        return
    schema = database.schema()
    yield schema
    if schema.state == State.FAIL:
        return
    for check in WITH_DATABASE:
        yield check()
