"""Forms of the places' pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.places.models import ADMINISTRATIVE, STANDINGS, Contact, Duty, Kind, Place

CODE_DIGITS = 12


def _labelled(choices: Iterable[TextChoices]) -> list[tuple[str, Any]]:
    """Slug and label, in the language of the page."""
    return [(choice.value, _(choice.label)) for choice in choices]


def _day(label: Any, **more: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget, **more)


class ContactForm(forms.Form):
    """Who is on duty, with the office number that anybody may call."""

    duty = forms.ChoiceField(label=_("职责"), choices=_labelled(Duty))
    name = forms.CharField(label=_("姓名"), max_length=40)
    office_phone = forms.RegexField(
        label=_("办公电话"),
        regex=r"^[0-9+ -]{5,20}$",
        required=False,
        help_text=_("对外公开的办公号码，不要填写私人手机。"),
    )
    valid_from = _day(_("任职日期"), initial=timezone.localdate)


class LeaveForm(forms.Form):
    """From when somebody is no longer on duty."""

    valid_to = _day(
        _("离任日期"),
        initial=timezone.localdate,
        help_text=_("不再负责的第一天；从这一天起，地点档案和扫码页都不再显示。"),
    )

    def __init__(self, contact: Contact, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contact = contact

    def clean_valid_to(self) -> dt.date:
        """Nobody leaves before he comes."""
        day: dt.date = self.cleaned_data["valid_to"]
        if day < self.contact.valid_from:
            raise forms.ValidationError(_("离任日期不能早于任职日期"))
        return day


class StatusForm(forms.Form):
    """Which status a place holds, from when, by which document."""

    status = forms.ChoiceField(label=_("属性"))
    starts_on = _day(_("起始日期"), help_text=_("同一属性、同一起始日期再填一次，就是更正。"))
    ends_on = _day(
        _("终止日期"),
        required=False,
        help_text=_("不再是这一属性的第一天；仍然是的不填。登记另一属性时，原属性自动终止。"),
    )
    source = forms.CharField(
        label=_("依据"), max_length=200, help_text=_("认定或退出的文件名称和文号")
    )

    def __init__(self, place: Place, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standings = STANDINGS[Kind(place.kind)]
        self.fields["status"].choices = _labelled(standings)  # type: ignore[attr-defined] # a ChoiceField has them

    def clean(self) -> dict[str, Any]:
        """An end lies after the start."""
        given = self.cleaned_data
        starts_on, ends_on = given.get("starts_on"), given.get("ends_on")
        if starts_on and ends_on and ends_on <= starts_on:
            self.add_error("ends_on", _("终止日期应晚于起始日期"))
        return given


class PlaceForm(forms.Form):
    """A place below the village."""

    kind = forms.ChoiceField(
        label=_("类别"), choices=_labelled(k for k in Kind if k not in ADMINISTRATIVE)
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
            if not (code.isdecimal() and len(code) == CODE_DIGITS) or not (
                households.strip().isdecimal() or not households.strip()
            ):
                self.add_error(
                    "villages",
                    _("第 %(line)s 行应为 12 位村代码，后面可写户数") % {"line": number},
                )
                break
            found[code] = int(households) if households.strip() else None
        return {"households_by_village": found}
