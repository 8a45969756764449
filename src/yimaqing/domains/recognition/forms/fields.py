"""Fields that several forms have."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.recognition.loading import in_force
from yimaqing.domains.recognition.procedureset import is_english
from yimaqing.domains.registry.queries import label_of

LONGEST = 500


def text_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    """Some lines of text."""
    area = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(
        label=label, max_length=LONGEST, required=required, widget=area, help_text=help_text
    )


def line_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    """One line."""
    return forms.CharField(label=label, max_length=100, required=required, help_text=help_text)


def yes_no_field(label: Any, yes: Any, no: Any) -> forms.ChoiceField:
    """One of two answers."""
    return forms.ChoiceField(
        label=label, choices=[("yes", yes), ("no", no)], widget=forms.RadioSelect
    )


def _risks() -> list[tuple[str, str]]:
    return list(in_force().risk_labels().items())


class RisksField(forms.MultipleChoiceField):
    """The risks of the set in force."""

    def __init__(self, *, required: bool = True) -> None:
        super().__init__(
            label=_("风险类型"),
            choices=_risks,
            required=required,
            widget=forms.CheckboxSelectMultiple,
        )


def groups_for(household: Any) -> list[tuple[str, str]]:
    """The groups that fit a household, in the reader's language."""
    english = is_english()
    return [
        (group.code, label_of("group", group.code, english=english))
        for group in in_force().groups
        if household is not None and household.register_class in group.register_class
    ]
