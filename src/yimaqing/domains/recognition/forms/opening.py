"""How a procedure begins."""

from __future__ import annotations

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.recognition.forms.fields import RisksField, text_field
from yimaqing.domains.recognition.words import WAYS


class OpenForm(forms.Form):
    """The household's own application, what a cadre found, or what a department's list says."""

    way = forms.ChoiceField(
        label=_("线索来源"), choices=[(way, WAYS[way]) for way in ("self", "cadre", "department")]
    )
    clue = text_field(
        _("困难情况"), help_text=_("什么时候、发生了什么、影响多大。不要写证件号和电话。")
    )
    risks = RisksField(required=False)
    green = forms.BooleanField(label=_("绿色通道：突发灾害，先帮扶、后补手续"), required=False)
    on = forms.DateField(
        label=_("申报或发现的日期"),
        initial=timezone.localdate,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class AdoptForm(forms.Form):
    """A household that the list from above says is monitored."""

    recognised_on = forms.DateField(
        label=_("认定日期"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    risks = RisksField()
    words = text_field(_("依据的名单或文件"))
