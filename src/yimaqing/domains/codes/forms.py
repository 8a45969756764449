"""Forms of the code panel."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

SHORTEST_REASON = 4


class ReasonForm(forms.Form):
    """Why a code is ended or replaced; kept with it."""

    reason = forms.CharField(label=_("原因"), min_length=SHORTEST_REASON, max_length=200)


class IssueForm(forms.Form):
    """For whom a code is issued."""

    kind = forms.SlugField()
    place_code = forms.RegexField(r"^\d{12,24}$")
    subject_id = forms.IntegerField(min_value=0)
    next = forms.CharField(required=False, max_length=300)
