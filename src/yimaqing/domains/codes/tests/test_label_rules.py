"""Rules of labels on made-up data: surnames, door order, layouts, what stands on which sheet."""

import datetime as dt

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yimaqing.domains.codes.labels import lunar
from yimaqing.domains.codes.labels.calendar import announced, mark_of
from yimaqing.domains.codes.labels.drawing import draw_sheets
from yimaqing.domains.codes.labels.forms import coming_year
from yimaqing.domains.codes.labels.layout import BadLayout, layouts, made
from yimaqing.domains.codes.labels.route import chinese_number, natural_key
from yimaqing.domains.codes.labels.sheet import Label, Sheet
from yimaqing.domains.codes.labels.surnames import COMPOUND, family_name, surname_of

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
GOOD = {
    "name": "x", "zh": "", "en": "", "paper": "A4", "columns": 2, "rows": 2, "width": 100.0,
    "height": 60.0, "left": 0.0, "top": 0.0, "pitch_x": 100.0, "pitch_y": 60.0, "box": 40.0,
    "pad": 2.0, "type_name": [12.0, 8.0], "type_place": [9.0, 6.0], "type_number": [9.0, 6.0],
    "marks": True,
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "door"),
    [
        ("王秀英", "王家"),
        ("欧阳建国", "欧阳家"),
        ("欧阳", "欧家"),
        ("令狐 冲", "令狐家"),
        ("阿依古丽·买买提", ""),
        ("John Smith", ""),
        ("王", ""),
        ("", ""),
    ],
)
def test_the_door_bears_the_surname(name, door):
    assert family_name(name) == door


@given(st.text(HAN, min_size=2, max_size=8))
def test_never_more_of_a_name_than_its_surname(name):
    surname = surname_of(name)
    assert name.startswith(surname)
    assert len(surname) == 1 or surname in COMPOUND
    assert len(surname) < len(name)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("十", 10),
        ("十二", 12),
        ("二十三", 23),
        ("一百零二", 102),
        ("二〇", 20),
        ("两", 2),
        ("村", None),
    ],
)
def test_chinese_numbers(text, number):
    assert chinese_number(text) == number


def test_doors_sort_as_people_count():
    doors = ["12号", "9号附2", "9号", "", "９号附１", "一百号", "村东头"]
    wanted = ["9号", "９号附１", "9号附2", "12号", "一百号", "村东头", ""]
    assert sorted(doors, key=natural_key) == wanted


@given(st.lists(st.text(max_size=12), max_size=20))
def test_any_address_has_its_place(addresses):
    keys = sorted(natural_key(one) for one in addresses)
    assert len(keys) == len(addresses)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"columns": 3}, "leaves the paper"),
        ({"pitch_x": 90.0}, "overlap"),
        ({"box": 20.0}, "too fine"),
        ({"box": 61.0}, "larger"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_layout_that_cannot_be_printed_is_refused(change, said):
    assert made(GOOD).per_sheet == 4
    with pytest.raises(BadLayout, match=said):
        made({**GOOD, **change})


@given(
    st.integers(0, 70),
    st.integers(1, 24),
    st.sampled_from([one for one in layouts().values() if not one.calendar]),
)
def test_every_label_finds_a_place(labels, start, layout):
    start = min(start, layout.per_sheet)
    every = [Label("https://a.cn/c/x", str(n), "王家", ("临县",)) for n in range(labels)]
    drawn = draw_sheets(every, Sheet(layout, start))
    assert drawn.pages == layout.sheets(labels, start)
    assert (drawn.pages - 1) * layout.per_sheet < labels + start - 1 or not labels


def test_holidays_only_when_announced():
    assert (mark_of(dt.date(2026, 10, 1)), mark_of(dt.date(2026, 10, 10))) == ("休", "班")
    assert mark_of(dt.date(2026, 11, 28)) == ""
    assert not announced(2090)
    assert mark_of(dt.date(2090, 10, 1)) == ""


def test_a_calendar_is_for_the_coming_year():
    assert coming_year(dt.date(2026, 9, 30)) == 2026
    assert coming_year(dt.date(2026, 10, 1)) == 2027


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2027-02-06", "春节"),
        ("2027-02-05", "除夕"),
        ("2027-02-07", "初二"),
        ("2025-07-25", "闰六月"),
        ("2025-06-25", "六月"),
        ("2026-12-22", "冬至"),
        ("2026-10-01", "国庆节"),
        ("2027-01-10", "初三"),
        ("2027-03-28", "廿一"),
    ],
)
def test_a_date_bears_its_lunar_day(day, name):
    assert lunar.day_name(dt.date.fromisoformat(day))[0] == name


def test_festivals_fall_on_the_holidays_that_the_state_council_announced():
    names = {
        "Spring Festival": "春节",
        "Dragon Boat Festival": "端午",
        "Mid-autumn Festival": "中秋",
    }
    days = [dt.date(2025, 1, 1) + dt.timedelta(days=n) for n in range(730)]
    free = {(day, names.get(chinese_calendar.get_holiday_detail(day)[1] or "")) for day in days}
    own = {(day, lunar.day_name(day)[0]) for day in days}
    festivals = {(day, name) for day, name in own if name in names.values()}
    assert len(festivals) == 2 * len(names)
    assert festivals <= free


def test_lunar_years_follow_each_other_without_a_gap():
    held = [year for year in range(2000, 2101) if lunar.is_known(year)]
    assert held == list(range(2025, 2051))
    for year in held:
        new_year = [
            day
            for n in range(366)
            if lunar.day_name(day := dt.date(year, 1, 1) + dt.timedelta(days=n))[0] == "春节"
        ]
        assert lunar.day_name(new_year[0] - dt.timedelta(days=1))[0] == "除夕"
