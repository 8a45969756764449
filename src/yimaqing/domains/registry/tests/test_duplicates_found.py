"""Who stands in the register twice is found, with the reason; who only looks alike is not."""

import datetime as dt

import pytest

from yimaqing.domains.registry.duplicates.finding import find
from yimaqing.domains.registry.factories import add_person, make_household, synthetic_id_number
from yimaqing.domains.registry.models import Duplicate, Household, Person
from yimaqing.domains.work.models import Todo
from yimaqing.kit.ids import id_check_digit

HERE, NEXT, FAR = "141124104201", "141124104202", "141181100201"
BORN = dt.date(1968, 3, 5)


def numbered(first17):
    return first17 + id_check_digit(first17)


@pytest.fixture
def village(database):
    """Twenty households that have nothing to do with each other."""
    names = [
        "王秀英",
        "李建国",
        "张玉兰",
        "刘志强",
        "陈桂花",
        "杨文斌",
        "赵春梅",
        "黄永胜",
        "周凤英",
        "吴海龙",
    ]
    return [
        make_household(
            place_code=HERE if n < 5 else NEXT,
            head_name=name,
            members=[{"name": name[0] + "小" + name[2], "born_on": dt.date(1990 + n, 5, n + 1)}],
        )
        for n, name in enumerate(names)
    ]


def found():
    pairs = Duplicate.objects.using("owner").order_by("-score")
    return {
        (p.kind, frozenset((p.left_id, p.right_id))): p.reasons for p in pairs if p.state == "open"
    }


def head(household):
    return Person.objects.using("owner").get(pk=household.head_person_id)


def alike(first, second):
    return ("person", frozenset((first.pk, second.pk)))


def test_strangers_are_not_proposed(village):
    assert find().new == 0
    assert found() == {}


@pytest.mark.parametrize(
    ("first", "second", "level"),
    [
        ("张国华", "張國華", "variant_characters"),
        ("张国华", "张国桦", "same_sound"),
        ("张国华", "张华国", "swapped_characters"),
        ("陈正红", "成振洪", "near_sound"),
        ("张国华", "张国庆", "one_character_off"),
        ("张国华", "张国华", "same_name"),
    ],
)
def test_a_name_written_otherwise_with_the_same_birthday_is_found(village, first, second, level):
    one = add_person(village[0], name=first, born_on=BORN)
    two = add_person(village[1], name=second, born_on=BORN, id_number="X" + str(village[1].pk))
    find()
    assert found()[alike(one, two)]["name"] == level, found()


def test_one_digit_off_in_the_number_is_found_in_another_county(village):
    right = numbered("14119919680305012")
    wrong = numbered("14119919690305012")  # a year misread: so the birth date is wrong too
    one = add_person(village[0], name="张国华", born_on=BORN, id_number=right)
    far = make_household(place_code=FAR, head_name="马六")
    two = add_person(far, name="张国华", born_on=dt.date(1969, 3, 5), id_number=wrong)
    find()
    assert found()[alike(one, two)]["identity"] == "id_one_digit_off"


def test_a_disability_card_holds_the_same_number(village):
    number = synthetic_id_number(BORN)
    one = add_person(village[0], name="张国华", born_on=BORN, id_number=number)
    far = make_household(place_code=FAR, head_name="马六")
    two = add_person(far, name="张小华", born_on=BORN, id_number=number + "31")
    Person.objects.using("owner").filter(pk=two.pk).update(id_kind="disability_card")
    find()
    assert found()[alike(one, two)]["identity"] == "same_id"


def test_twins_are_two(village):
    for name, order in (("张建军", 11), ("张建国", 13)):
        number = synthetic_id_number(BORN, order)
        add_person(village[0], name=name, born_on=BORN, id_number=number)
    find()
    assert found() == {}


def test_a_household_whose_members_stand_in_another_stands_twice(village):
    members = [{"name": "李爱莲", "born_on": BORN, "sex": "female", "relation": "spouse"}]
    one = make_household(place_code=HERE, head_name="张国华", members=members)
    members = [{"name": "李爱蓮", "born_on": BORN, "sex": "female", "relation": "spouse"}]
    two = make_household(place_code=NEXT, head_name="张国華", members=members)
    find()
    assert set(found()) == {("household", frozenset((one.pk, two.pk)))}
    [reasons] = found().values()
    assert len(reasons["members"]) == 2


def test_two_households_with_one_head_are_found_even_without_members(village):
    [one, two] = Household.objects.using("owner").filter(place_code=HERE).order_by("pk")[:2]
    Household.objects.using("owner").filter(pk__in=[one.pk, two.pk]).update(head_id_index=b"same")
    find()
    assert set(found()) == {("household", frozenset((one.pk, two.pk)))}


def test_a_search_again_adds_nothing_and_what_was_corrected_goes(village):
    one = add_person(village[0], name="张国华", born_on=BORN)
    two = add_person(village[7], name="张国华", born_on=BORN, id_number="X1")
    assert (find().new, find().new) == (1, 0)
    [todo] = Todo.objects.using("owner").filter(kind="registry.duplicate")
    assert (todo.place_code, todo.household_id) == ("141124104000", None), "who sees both villages"
    Person.objects.using("owner").filter(pk=two.pk).update(name="马六", born_on=dt.date(1950, 1, 1))
    assert find().gone == 1
    todo.refresh_from_db()
    assert todo.state == "dropped"
    assert one.pk


def test_who_was_told_apart_is_not_proposed_again(village):
    add_person(village[0], name="张国华", born_on=BORN)
    add_person(village[1], name="张国华", born_on=BORN, id_number="X1")
    find()
    Duplicate.objects.using("owner").update(state="different")
    find()
    assert found() == {}
