"""Forms of log-in, users and assignments: short, and checked again by the actions."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.accounts.roles import DEPARTMENTS, ROLES
from yimaqing.domains.places.queries import valid_places


def _day() -> forms.DateInput:
    """A day as browsers' own date fields want it, whatever the language."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class LoginForm(forms.Form):
    """Name and password."""

    username = forms.CharField(
        label=_("登录名"),
        max_length=64,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PasswordForm(forms.Form):
    """The present password and twice the new one."""

    old = forms.CharField(
        label=_("现在的密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("新密码"),
        max_length=200,
        strip=False,
        help_text=_("至少 10 个字符，不要用常见密码；可以用一句话。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("再输入一次新密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """The two new ones must agree and differ from the old one."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("new") != data.get("again"):
            self.add_error("again", _("两次输入的新密码不一致。"))
        elif data.get("new") and data.get("new") == data.get("old"):
            self.add_error("new", _("新密码不能与现在的相同。"))
        return data


class UserForm(forms.Form):
    """A new user."""

    username = forms.CharField(
        label=_("登录名"), max_length=64, help_text=_("如姓名拼音；字母、数字、汉字均可。")
    )
    display_name = forms.CharField(label=_("姓名"), max_length=40)
    office = forms.CharField(label=_("单位"), max_length=80, required=False)
    office_phone = forms.CharField(label=_("办公电话"), max_length=40, required=False)


class AssignmentForm(forms.Form):
    """A role, where, and from when to when."""

    role = forms.ChoiceField(
        label=_("角色"), choices=lambda: [(r.slug, r.label) for r in ROLES.values()]
    )
    place_code = forms.CharField(
        label=_("任职地点"),
        max_length=40,
        required=False,
        help_text=_("输入名称后从列表选择，或直接填 12 位区划代码。"),
        widget=forms.TextInput(attrs={"list": "place-options", "autocomplete": "off"}),
    )
    department = forms.ChoiceField(
        label=_("所在部门"),
        required=False,
        help_text=_("只有部门干部填写。"),
        choices=lambda: [("", "—"), *((d.slug, d.label) for d in DEPARTMENTS.values())],
    )
    households = forms.CharField(
        label=_("负责的户"),
        required=False,
        help_text=_("只有帮扶责任人和调查员填写：户编号，一行一个，最多 500 户。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    starts_on = forms.DateField(label=_("开始日期"), initial=timezone.localdate, widget=_day())
    ends_on = forms.DateField(
        label=_("结束日期"),
        required=False,
        help_text=_("从这一天起不再有效；不填为长期。"),
        widget=_day(),
    )
    reason = forms.CharField(label=_("依据"), max_length=200, required=False)

    MOST_HOUSEHOLDS = 500

    def clean_place_code(self) -> str:
        """The code; of a name that only one place has, that place's."""
        given: str = self.cleaned_data["place_code"]
        if not given or given.isascii():
            return given
        codes = list(valid_places().filter(name=given).values_list("code", flat=True)[:2])
        if len(codes) == 1:
            return codes[0]
        if codes:
            said = _("叫“%(name)s”的地点不止一处，请从列表里选。")
        else:
            said = _("没有叫“%(name)s”的地点，请从列表里选。")
        raise forms.ValidationError(said, params={"name": given})

    def clean_households(self) -> list[str]:
        """Household numbers, without repeats, in the order given."""
        numbers = list(
            dict.fromkeys(re.findall(r"[^\s,，、;；]+", self.cleaned_data["households"]))
        )
        if len(numbers) > self.MOST_HOUSEHOLDS:
            raise forms.ValidationError(_("一次最多 500 户，请分几次指定。"))
        return numbers


class ReasonForm(forms.Form):
    """Why something is done to an account."""

    reason = forms.CharField(label=_("理由"), max_length=200)


class TrailForm(forms.Form):
    """What the trail is searched by."""

    place = forms.CharField(
        label=_("地点"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"list": "place-options", "autocomplete": "off"}),
    )
    username = forms.CharField(label=_("操作人登录名"), max_length=64, required=False)
    household = forms.CharField(label=_("户编号"), max_length=20, required=False)
    action = forms.CharField(label=_("操作"), max_length=60, required=False)
