"""Why a file is printed."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.accounts.queries import purposes
from yimaqing.domains.registry.forms import OTHER, PurposeForm


class PrintForm(PurposeForm):
    """The purpose, which stands on every page and on the trail."""

    purpose = forms.ChoiceField(label=_("打印事由"), choices=purposes)
    note = forms.CharField(label=_("说明（选“其他”时必填）"), max_length=100, required=False)

    @property
    def said_purpose(self) -> str:
        """The purpose in words, as it stands on the pages."""
        if self.cleaned_data["purpose"] == OTHER:
            return str(self.cleaned_data["note"].strip())
        return str(dict(purposes())[self.cleaned_data["purpose"]])
