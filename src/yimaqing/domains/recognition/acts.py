"""What the actions of this domain are called on the page of the trail; see audit/words.py."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yimaqing.domains.recognition.words import ACTS as STEPS
from yimaqing.domains.recognition.words import STATES

ACTS = {
    **{f"recognition.step_{act}": word for act, word in STEPS.items()},
    "recognition.form_printed": _("打印程序表单"),
}

SUBJECTS = {"procedure": pgettext_lazy("subject", "识别程序")}

FIELDS = {"state": _("办到哪一步"), "favour": _("是否同意"), "form": _("表单")}


def _state(slug: Any) -> Any:
    return STATES.get(slug, slug)


VALUES = {"state": _state}
