"""Opening the newest snapshot before the first visitor asks for it."""

from __future__ import annotations

import logging

from django.template.loader import get_template
from django.urls import reverse

from yimaqing.domains.cockpit.queries.standing import NoSnapshot, opened

log = logging.getLogger(__name__)


def warm() -> None:
    """Compile page and measures, open the snapshot: seconds that no visitor waits for.

    Never raises: a cockpit that cannot be opened must not keep the service from starting.
    """
    get_template("cockpit/place.html")
    reverse("cockpit:home")
    try:
        opened()
    except NoSnapshot:
        return
    except Exception:
        log.exception("the newest snapshot was not opened")
