"""Opening the newest snapshot before the first visitor asks for it."""

from __future__ import annotations

from django.template.loader import get_template
from django.urls import reverse

from yimaqing.domains.cockpit.queries.standing import NoSnapshot, opened


def warm() -> None:
    """Compile page and measures, open the snapshot: seconds that no visitor waits for."""
    get_template("cockpit/place.html")
    reverse("cockpit:home")
    try:
        opened()
    except NoSnapshot:
        return
