"""Why a file is printed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.accounts.queries import purposes

OTHER = "other"


class PrintForm(forms.Form):
    """The purpose, which stands on every page and on the trail."""

    purpose = forms.ChoiceField(label=_("打印事由"), choices=purposes)
    note = forms.CharField(label=_("说明（选“其他”时必填）"), max_length=100, required=False)

    def clean(self) -> dict[str, Any]:
        """A purpose that stands in no list must be said in words."""
        data = super().clean() or {}
        if data.get("purpose") == OTHER and not data.get("note", "").strip():
            self.add_error("note", _("选“其他”时请写明事由"))
        return data

    @property
    def stated_purpose(self) -> str:
        """The purpose as it goes on the trail."""
        purpose: str = self.cleaned_data["purpose"]
        return f"{purpose}: {self.cleaned_data['note'].strip()}" if purpose == OTHER else purpose

    @property
    def said_purpose(self) -> str:
        """The purpose in words, as it stands on the pages."""
        if self.cleaned_data["purpose"] == OTHER:
            return str(self.cleaned_data["note"].strip())
        return str(dict(purposes())[self.cleaned_data["purpose"]])
