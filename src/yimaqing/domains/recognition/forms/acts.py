"""One short form for each act; the actions check everything again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.recognition import actions
from yimaqing.domains.recognition.forms.fields import (
    RisksField,
    groups_for,
    line_field,
    text_field,
    yes_no_field,
)
from yimaqing.domains.recognition.loading import in_force
from yimaqing.domains.recognition.machine import Act
from yimaqing.domains.recognition.models import Objection, Procedure
from yimaqing.domains.recognition.procedureset import is_english
from yimaqing.domains.recognition.words import LEFT
from yimaqing.domains.registry.queries import household_file, measure_groups, openable_household
from yimaqing.kit.ids import mask_name


class ActForm(forms.Form):
    """What every act says: on which day. ``act`` names the action, ``says`` its fields."""

    act: Act
    note: Any = ""

    def __init__(self, *args: Any, procedure: Procedure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.procedure = procedure
        self.fields["on"] = forms.DateField(
            label=_("办理日期"),
            initial=timezone.localdate,
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        )

    def run(self, by: User) -> None:
        """Do it; raises what the action raises."""
        ACTIONS[self.act](procedure=self.procedure, by=by, **self.values())

    def values(self) -> dict[str, Any]:
        """Keyword arguments of the action."""
        return dict(self.cleaned_data)

    @property
    def household(self) -> Any:
        """Whom it is about."""
        return openable_household(self.procedure.household_id)


class WordsForm(ActForm):
    """A day and a reason."""

    words = text_field(_("意见或原因"))


class AuthoriseForm(ActForm):
    """Who signed."""

    note = _("先请农户在纸质《承诺授权书》上签字或按手印，再登记。没有授权，不得查询财产信息。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = household_file(self.household).members if self.household else []
        self.fields["person_id"] = forms.TypedChoiceField(
            label=_("签字的家庭成员"),
            coerce=int,
            choices=[(m.pk, mask_name(m.name)) for m in members],
        )


class CompareForm(ActForm):
    """What departments' lists said."""

    note = _("比对到房产、车辆、工商登记等，只作核实的线索，不直接改变认定。")
    contradicts = yes_no_field(_("比对结果"), _("有不一致的信息"), _("没有不一致的信息"))
    words = text_field(_("比对了哪些信息、结果如何"))

    def values(self) -> dict[str, Any]:
        """Yes and no as they are."""
        data = dict(self.cleaned_data)
        return data | {"contradicts": data["contradicts"] == "yes"}


class VerifyForm(ActForm):
    """What was found at home."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = self.procedure.round == 0
        self.fields["visitors"] = line_field(_("入户的人"), help_text=_("一般不少于两人"))
        self.fields["words"] = text_field(_("核实到的情况"))
        yes, no = (_("建议纳入"), _("不建议纳入")) if first else (_("建议消除"), _("继续监测"))
        self.fields["proposed"] = yes_no_field(_("核实结论"), yes, no)
        if first:
            self.fields["group"] = forms.ChoiceField(
                label=_("监测类别"), choices=groups_for(self.household), required=False
            )
            self.fields["risks"] = RisksField(required=False)
            self.initial.setdefault("risks", self.procedure.risks)
            self.initial.setdefault("group", self.procedure.group)

    def values(self) -> dict[str, Any]:
        """Yes and no as they are."""
        data = dict(self.cleaned_data)
        return data | {"proposed": data["proposed"] == "yes"}


class AppraiseForm(ActForm):
    """The count of hands."""

    present = forms.IntegerField(label=_("到会人数"), min_value=1, max_value=10_000)
    in_favour = forms.IntegerField(label=_("同意人数"), min_value=0, max_value=10_000)
    against = forms.IntegerField(label=_("不同意人数"), min_value=0, max_value=10_000)
    words = text_field(_("评议情况"), required=False)


class PublishForm(ActForm):
    """Where it hangs."""

    note = _("公示内容由系统生成，不含证件号、电话、账号和健康信息。登记后打印张贴。")
    posted_at = line_field(_("张贴地点"), help_text=_("例如：村委会公示栏"))


class ObjectForm(ActForm):
    """Who objects to what."""

    from_whom = line_field(_("提出人（匿名可不填）"), required=False)
    words = text_field(_("异议内容"))


class AnswerForm(ActForm):
    """The answer to one objection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waiting = Objection.objects.filter(
            procedure=self.procedure, round=self.procedure.round, answered_on=None
        )
        self.waiting = {one.pk: one for one in waiting.order_by("pk")}
        self.fields["objection"] = forms.TypedChoiceField(
            label=_("哪一条异议"),
            coerce=int,
            choices=[(pk, one.words[:60]) for pk, one in self.waiting.items()],
        )
        self.fields["words"] = text_field(_("调查情况和答复"))
        self.fields["upheld"] = yes_no_field(_("异议是否成立"), _("成立"), _("不成立"))

    def run(self, by: User) -> None:
        """Answer it."""
        data = dict(self.cleaned_data)
        one = self.waiting[data.pop("objection")]
        upheld = data.pop("upheld") == "yes"
        actions.answer(objection=one, upheld=upheld, by=by, **data)


class ApproveForm(WordsForm):
    """The county's decision, which may name another group."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.procedure.round == 0:
            self.fields["group"] = forms.ChoiceField(
                label=_("监测类别"), choices=groups_for(self.household)
            )
            self.initial.setdefault("group", self.procedure.group)


class MeasureForm(ActForm):
    """A measure against one risk."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = in_force().risk_labels()
        known = dict.fromkeys([*self.procedure.risks, *labels])
        self.fields["risk"] = forms.ChoiceField(
            label=_("针对的风险"),
            choices=[(code, labels.get(code, code)) for code in known],
            help_text=_("本户的风险在前；出现新的风险，选它即一并登记。"),
        )
        self.fields["measure_group"] = forms.ChoiceField(
            label=_("帮扶类别"), choices=list(measure_groups(english=is_english()).items())
        )
        self.fields["name"] = line_field(_("措施内容"))
        self.fields["responsible"] = line_field(_("责任单位或责任人"))
        self.fields["on"].label = _("开始日期")


class LeaveForm(WordsForm):
    """Why nobody is there to be monitored."""

    left = forms.ChoiceField(label=_("自然减少的原因"), choices=list(LEFT.items()))


class DayForm(ActForm):
    """A day and nothing else."""


ACTIONS: dict[Act, Any] = {
    Act.ACCEPT: actions.accept,
    Act.DISMISS: actions.dismiss,
    Act.AUTHORISE: actions.authorise,
    Act.COMPARE: actions.compare,
    Act.VERIFY: actions.verify,
    Act.APPRAISE: actions.appraise,
    Act.PUBLISH: actions.publish,
    Act.OBJECT: actions.object_to,
    Act.CONCLUDE: actions.conclude,
    Act.PASS: actions.pass_on,
    Act.RETURN: actions.return_back,
    Act.REFUSE: actions.refuse,
    Act.APPROVE: actions.approve,
    Act.MEASURE: actions.add_measure,
    Act.TRACK: actions.track,
    Act.PROPOSE: actions.propose_removal,
    Act.WITHDRAW: actions.withdraw,
    Act.LEAVE: actions.leave,
}
_FORMS: dict[Act, type[ActForm]] = {
    Act.ACCEPT: DayForm,
    Act.AUTHORISE: AuthoriseForm,
    Act.COMPARE: CompareForm,
    Act.VERIFY: VerifyForm,
    Act.APPRAISE: AppraiseForm,
    Act.PUBLISH: PublishForm,
    Act.OBJECT: ObjectForm,
    Act.ANSWER: AnswerForm,
    Act.CONCLUDE: DayForm,
    Act.APPROVE: ApproveForm,
    Act.MEASURE: MeasureForm,
    Act.LEAVE: LeaveForm,
}


def form_for(act: Act, procedure: Procedure, data: Any = None) -> ActForm:
    """The form of an act."""
    made = _FORMS.get(act, WordsForm)(data, procedure=procedure)
    made.act = act
    return made
