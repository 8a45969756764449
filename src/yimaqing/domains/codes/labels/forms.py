"""What a page asks before labels are printed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.codes.kinds import cards
from yimaqing.domains.codes.labels.choosing import Asked, Only, Order
from yimaqing.domains.codes.labels.layout import layouts
from yimaqing.domains.codes.queries import find_codes

_OCTOBER = 10
_MOST_GIVEN = 500
ONLY = [
    (Only.UNPRINTED.value, _("还没印过的")),
    (Only.NEW.value, _("新发、还没印过的")),
    (Only.REISSUED.value, _("换发、还没印过的")),
    (Only.ALL.value, _("全部有效的")),
]
ORDER = [
    (Order.ROUTE.value, _("入户路线：村、组、门牌")),
    (Order.NUMBER.value, _("码号")),
]


def coming_year(today: dt.date) -> int:
    """The year that a calendar is for: the next one from October on."""
    return today.year + (today.month >= _OCTOBER)


def layout_name(name: str) -> str:
    """A layout in the reader's language; the name itself of one that is no more."""
    layout = layouts().get(name)
    english = (get_language() or "").startswith("en")
    return (layout.en if english else layout.zh) if layout else name


class LabelsForm(forms.Form):
    """Which codes, on which sheets."""

    layout = forms.ChoiceField(label=_("版式"))
    kind = forms.ChoiceField(label=_("哪类码"), initial="household")
    only = forms.ChoiceField(label=_("印哪些"), choices=ONLY, initial=Only.UNPRINTED.value)
    order = forms.ChoiceField(label=_("次序"), choices=ORDER, initial=Order.ROUTE.value)
    start = forms.IntegerField(
        label=_("从第几枚位置起"),
        min_value=1,
        initial=1,
        help_text=_("用过一半的不干胶纸：填第一个空位，从左到右、从上到下数。"),
    )
    year = forms.IntegerField(
        label=_("挂历年份"), min_value=2000, max_value=2100, help_text=_("只用于挂历。")
    )
    codes = forms.CharField(
        label=_("只印这些码号"),
        required=False,
        max_length=12_000,
        help_text=_("污损、丢失的标签补印：填码号，用空格或逗号隔开。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(name, layout_name(name)) for name in layouts()]
        self.fields["layout"].choices = named  # type: ignore[attr-defined] # a ChoiceField
        kinds = sorted(cards().values(), key=lambda card: card.kind != "household")
        self.fields["kind"].choices = [(c.kind, c.label) for c in kinds]  # type: ignore[attr-defined]
        self.fields["year"].initial = coming_year(timezone.localdate())

    def clean_codes(self) -> tuple[int, ...]:
        """Ids of the codes named, within the reader's scope."""
        words = str(self.cleaned_data["codes"]).replace(",", " ").replace("，", " ").split()
        if len(words) > _MOST_GIVEN:
            raise ValidationError(_("一次最多填 %(most)s 个码号。") % {"most": _MOST_GIVEN})
        found = find_codes(list(dict.fromkeys(words)))
        unknown = [word for word, code in found.items() if code is None]
        if unknown:
            said = _("没有这些码，请核对：%(codes)s") % {"codes": "、".join(unknown[:5])}
            raise ValidationError(said)
        return tuple(sorted({code.pk for code in found.values() if code is not None}))

    def clean(self) -> dict[str, Any]:
        """The first position must be one of the sheet's."""
        values: dict[str, Any] = super().clean() or {}
        layout, start = layouts().get(values.get("layout", "")), values.get("start")
        if layout and start and start > layout.per_sheet:
            said = _("这种纸只有 %(most)s 个位置。") % {"most": layout.per_sheet}
            self.add_error("start", said)
        return values

    def asked(self) -> Asked:
        """What was asked for; only of a valid form."""
        given = self.cleaned_data
        return Asked(
            kind=given["kind"],
            only=given["only"],
            order=given["order"],
            start=given["start"],
            year=given["year"] if layouts()[given["layout"]].calendar else 0,
            codes=given["codes"],
        )
