"""What the registry adds to the codes of places: their households, counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from yimaqing.domains.registry.codetables import label_of
from yimaqing.kit.cards import Panel


def prepare(data: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Counts by class and by group as labelled rows; a cell too small to tell is None."""
    english = language == "en"
    rounded = bool(data.get("rounded"))

    def rows(table: str, cells: Mapping[str, int | None]) -> list[dict[str, Any]]:
        return [
            {
                "label": label_of(table, slug, english=english) if slug else _("不属于三类户"),
                "value": cells[slug],
                "unit": _("户"),
                "fen": False,
                "about": rounded,
            }
            for slug in sorted(cells, key=lambda s: (s == "", s))
        ]

    return {
        "rounded": rounded,
        "households": data.get("households"),
        "people": data.get("people"),
        "classes": rows("register_class", data.get("classes") or {}),
        "groups": rows("group", data.get("groups") or {}),
    }


panels = [
    Panel(
        kind=kind,
        sql_function="registry_place_panel",
        public_function="registry_place_public",
        template="registry/scan/place.jinja",
        public_template="registry/scan/place.jinja",
        order=200,
        prepare=prepare,
    )
    for kind in ("county", "township", "village")
]
