"""What recognition does when told."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from yimaqing.domains.recognition.models import Procedure
from yimaqing.domains.work.actions import NotNow
from yimaqing.domains.work.queries import Todo


def on_todo_closed(*, todo: Todo, **_kwargs: Any) -> None:
    """A step is done where it is recorded, not by ticking its to-do: refuse that in words."""
    if todo.subject_kind != "procedure":
        return
    from yimaqing.domains.recognition.actions.stepping import (  # noqa: PLC0415 - DuckDB, Ibis
        kind_of,
    )

    held = Procedure.objects.filter(pk=int(todo.subject_id)).first()
    if held is not None and held.due_on is not None and kind_of(held.position()) == todo.kind:
        raise NotNow(_("请在“去办理的页面”登记这一步，登记后待办自动办结。"))
