"""What the template components print."""

import datetime as dt

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from yimaqing.ui.templatetags import ui


def drawn(source, **context):
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("colour", "word"),
    [("red", "红色"), ("orange", "橙色"), ("yellow", "黄色"), ("done", "达标"), (None, "未知")],
)
def test_a_colour_never_stands_without_its_word_and_shape(colour, word):
    text = drawn("{% mark colour %}", colour=colour)
    assert word in text
    assert ("<svg" in text) == (colour is not None)


def test_every_shape_differs():
    shapes = {ui.shape(colour) for colour in ("red", "orange", "yellow", "done")}
    assert len(shapes) == 4


def test_an_unknown_colour_is_the_hatch_not_a_pass():
    assert "mark-unknown" in drawn("{% mark 'purple' %}")


@pytest.mark.parametrize(
    ("fen", "text"),
    [(123456, "1,234.56"), (-5, "-0.05"), (0, "0.00"), (100_000_000_00, "100,000,000.00")],
)
def test_money_is_fen_written_as_yuan(fen, text):
    assert ui.money(fen) == text


def test_nothing_is_a_dash_not_a_zero():
    assert [ui.money(None), ui.number(None), ui.percent(None), ui.day(None)] == ["—"] * 4


def test_days_read_as_an_office_writes_them():
    moment = dt.datetime(2026, 11, 22, 6, 5, tzinfo=dt.UTC)
    with translation.override("zh-hans"):
        assert ui.day(moment) == "2026年11月22日"
        assert ui.moment(moment) == "2026年11月22日 14:05"
        assert ui.day("2026-11-22") == "2026年11月22日"


def test_numbers_group_their_digits():
    assert ui.number(1234567) == "1,234,567"
    assert ui.number(12.5) == "12.5"


class Asking(forms.Form):
    name = forms.CharField(label="姓名", help_text="与身份证一致")
    agreed = forms.BooleanField(label="同意")


def test_a_field_ties_its_error_and_help_to_the_control():
    form = Asking({"name": "", "agreed": ""})
    text = drawn("{% field form.name %}", form=form)
    assert 'aria-invalid="true"' in text
    assert 'aria-describedby="id_name-help id_name-error"' in text
    assert 'id="id_name-error"' in text
    assert 'id="id_name-help"' in text


class Choosing(forms.Form):
    risks = forms.MultipleChoiceField(
        label="风险类型",
        help_text="最多五项",
        choices=[("illness", "因病"), ("labour", "因缺劳动力")],
        widget=forms.CheckboxSelectMultiple,
    )


def test_several_choices_stand_under_what_is_asked_each_with_its_own_label():
    text = drawn("{% field form.risks %}", form=Choosing({}))
    group = "".join(text.split())
    assert group.startswith('<fieldsetclass="field"><legend>风险类型</legend><div')
    assert 'label class="choice"' not in text
    assert text.count("<label") == 2
    assert 'aria-describedby="id_risks-help id_risks-error"' in text
    assert 'id="id_risks-help"' in text


def test_what_a_user_typed_is_escaped():
    assert "<b>" not in drawn("{% mark 'red' word %}", word="<b>")
    assert "<b>" not in drawn("{% figure label 1 '户' %}", label="<b>")


def test_an_icon_that_does_not_exist_is_an_error():
    with pytest.raises(KeyError):
        drawn("{% icon 'no-such-icon' %}")
