"""Forms of the places' pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.places.models import ADMINISTRATIVE, Duty, Kind

CODE_DIGITS = 12


class ContactForm(forms.Form):
    """Who is on duty, with the office number that anybody may call."""

    duty = forms.ChoiceField(label=_("职责"), choices=Duty.choices)
    name = forms.CharField(label=_("姓名"), max_length=40)
    office_phone = forms.RegexField(
        label=_("办公电话"),
        regex=r"^[0-9+ -]{5,20}$",
        required=False,
        help_text=_("对外公开的办公号码，不要填写私人手机。"),
    )
    valid_from = forms.DateField(
        label=_("任职日期"),
        initial=timezone.localdate,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class PlaceForm(forms.Form):
    """A place below the village."""

    kind = forms.ChoiceField(
        label=_("类别"), choices=[c for c in Kind.choices if c[0] not in ADMINISTRATIVE]
    )
    name = forms.CharField(label=_("名称"), max_length=60)
    digits = forms.RegexField(
        label=_("编号（接在上级代码之后的数字）"), regex=r"^[0-9]{2,6}$", help_text=_("例如 001")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = _("例如 东沟自然村、幸福里小区")


class OriginForm(forms.Form):
    """Villages that the people of a resettlement site came from."""

    villages = forms.CharField(
        label=_("迁出村代码"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("每行一个 12 位村代码，可在后面空一格写户数。"),
    )

    def clean(self) -> dict[str, dict[str, int | None]]:
        """``households_by_village``: code → households, None where none is given."""
        found: dict[str, int | None] = {}
        for number, line in enumerate(self.cleaned_data.get("villages", "").split("\n"), 1):
            code, _space, households = line.strip().partition(" ")
            if not code:
                continue
            if not (code.isdigit() and len(code) == CODE_DIGITS) or not (
                households.strip().isdigit() or not households.strip()
            ):
                self.add_error(
                    "villages",
                    _("第 %(line)s 行应为 12 位村代码，后面可写户数") % {"line": number},
                )
                break
            found[code] = int(households) if households.strip() else None
        return {"households_by_village": found}
