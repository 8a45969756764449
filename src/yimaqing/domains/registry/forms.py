"""Forms of the registry: short, and checked again by the actions."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any, Self

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.accounts.queries import purposes
from yimaqing.domains.registry.actions.corrections import LENGTHS, MOST_MEMBERS
from yimaqing.domains.registry.indicators import Indicator
from yimaqing.domains.registry.models import Household, Person
from yimaqing.kit.ids import mask_name

#: The purpose that must be explained.
OTHER = "other"


class PurposeForm(forms.Form):
    """Why something of a household is taken out."""

    purpose = forms.ChoiceField(label=_("查看事由"), choices=purposes)
    note = forms.CharField(label=_("说明"), max_length=100, required=False)

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


class UnmaskForm(PurposeForm):
    """Which sealed value is opened, and why."""

    person = forms.IntegerField(required=False, widget=forms.HiddenInput)
    field = forms.CharField(max_length=40, widget=forms.HiddenInput)


class ReadingForm(forms.Form):
    """One value of one indicator, when it was seen, and of which member.

    ``opened_at`` is when the form was opened: sent twice, it is one reading all the same.
    """

    def __init__(
        self, *args: Any, indicator: Indicator, members: Sequence[Person], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.indicator = indicator
        self.members = {str(m.pk): m for m in members}
        if indicator.of_person:
            self.fields["person"] = forms.ChoiceField(
                label=_("哪位成员"),
                choices=[(pk, mask_name(m.name)) for pk, m in self.members.items()],
            )
        if indicator.words:
            self.fields["value"] = forms.ChoiceField(
                label=_("看到的情况"),
                choices=list(indicator.words.items()),
                widget=forms.RadioSelect,
            )
        else:
            self.fields["value"] = forms.FloatField(
                label=format_lazy("{} {}", _("数值"), indicator.unit),
                min_value=indicator.low,
                max_value=indicator.high if math.isfinite(indicator.high) else None,
            )
        self.fields["observed_on"] = forms.DateField(
            label=_("查看日期"),
            initial=timezone.localdate,
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        )
        self.fields["opened_at"] = forms.CharField(
            max_length=40, required=False, widget=forms.HiddenInput, initial=_now
        )

    def again(self) -> Self:
        """The same entries in a form that is opened now, so that they are another reading."""
        kind = type(self)
        data = {**self.cleaned_data, "opened_at": _now()}
        return kind(data, indicator=self.indicator, members=list(self.members.values()))

    def reading(self) -> dict[str, Any]:
        """Keyword arguments of ``record_reading``.

        The day that the form was opened counts from that moment, a day before it from noon.
        """
        data = self.cleaned_data
        day: dt.date = data["observed_on"]
        opened = _believed(data.get("opened_at", ""))
        hour = dt.time(12) if day < timezone.localdate() else dt.time()
        otherwise = timezone.make_aware(dt.datetime.combine(day, hour))
        return {
            "indicator": self.indicator.code,
            "value": str(data["value"]),
            "person": self.members.get(data.get("person", "")),
            "observed_at": opened if day == opened.date() else otherwise,
            "source": "入户查看",
        }


#: A form may lie open this long; what says that it was opened before is not believed.
OPEN_FOR = dt.timedelta(days=1)


def _now() -> str:
    return timezone.localtime().isoformat()


def _believed(opened_at: str) -> dt.datetime:
    """The local time that the form says it was opened at; now, where that cannot be true."""
    now = timezone.localtime()
    try:
        opened = dt.datetime.fromisoformat(opened_at)
    except ValueError:
        return now
    if opened.tzinfo is None or not now - OPEN_FOR <= opened <= now:
        return now
    return timezone.localtime(opened)


#: What a correction rests on, as it is stored beside the facts.
GROUNDS = {
    "入户核实": _("入户核实"),
    "证件或证明材料": _("证件或证明材料"),
    "村级核查": _("村级核查"),
    "本户来电来访": _("本户来电来访"),
}


class CorrectionForm(forms.Form):
    """The fields of a household that are corrected by hand, and what the correction rests on.

    Beside each field stands, hidden, what the corrector saw when he opened the form.
    """

    address = forms.CharField(label=_("住址"), max_length=LENGTHS["address"], required=False)
    team = forms.CharField(label=_("组"), max_length=LENGTHS["team"], required=False)
    member_count = forms.IntegerField(
        label=_("家庭人口数"), min_value=1, max_value=MOST_MEMBERS, help_text=_("登记的人数")
    )
    bank_name = forms.CharField(
        label=_("开户银行"), max_length=LENGTHS["bank_name"], required=False
    )
    ground = forms.ChoiceField(label=_("更正依据"), choices=list(GROUNDS.items()))
    note = forms.CharField(
        label=_("说明"), max_length=100, help_text=_("看到了什么、谁证明；会写入经过")
    )

    CORRECTED = ("address", "team", "member_count", "bank_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.CORRECTED:
            kind = type(self.fields[name])
            self.fields[f"seen_{name}"] = kind(required=False, widget=forms.HiddenInput)

    @classmethod
    def of(cls, household: Household, data: Any = None) -> Self:
        """The form filled with what the file says."""
        held = {name: getattr(household, name) for name in cls.CORRECTED}
        return cls(data, initial=held | {f"seen_{name}": value for name, value in held.items()})

    def again(self, held: Mapping[str, Any]) -> Self:
        """What was entered, over what the file says by now; what was left alone follows it."""
        data = self.cleaned_data
        values = {name: data[name] if self._touched(name) else held[name] for name in held}
        seen = {f"seen_{name}": value for name, value in held.items()}
        return type(self)(initial=data | values | seen)

    def correction(self) -> dict[str, Any]:
        """Keyword arguments of ``correct_household``."""
        data = self.cleaned_data
        return {
            "values": {name: data[name] for name in self.CORRECTED},
            "seen": {name: data[f"seen_{name}"] for name in self.CORRECTED},
            "reason": f"{data['ground']}：{data['note'].strip()}",
        }

    def _touched(self, name: str) -> bool:
        return bool(self.cleaned_data[name] != self.cleaned_data[f"seen_{name}"])
