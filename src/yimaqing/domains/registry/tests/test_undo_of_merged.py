"""A batch is taken back whose rows were merged since: what the reviewer chose stays.

Cast: 赵强 sends lists; 王秀英 of 白文村 stands in two households.
"""

import pytest

from yimaqing.domains.registry.duplicates.deciding import merge, unmerge
from yimaqing.domains.registry.models import Duplicate, Household, Person
from yimaqing.domains.registry.tests.sheets import (
    HOUSEHOLD,
    OTHER,
    PERSON,
    id_number,
    make_places,
    send,
)
from yimaqing.domains.registry.tests.test_undo import undo
from yimaqing.kit.rowscope import Scope, scoped

FAR = id_number(order=8)
TWIN = PERSON | {
    "人编号": "8614112400045601",
    "户编号": OTHER,
    "姓名": "王秀颖",
    "证件号码": FAR,
    "联系电话": "15400000008",
}


@pytest.fixture
def twice(database):
    """Both records and the pair of them; the first one's name came with a batch of its own."""
    make_places()
    send("households", HOUSEHOLD, HOUSEHOLD | {"户编号": OTHER, "户主证件号": FAR})
    send("persons", PERSON, TWIN)
    renamed = send("persons", PERSON | {"姓名": "王秀瑛", "联系电话": "15400000007"})
    one, two = Person.objects.using("owner").order_by("person_number")
    pair = Duplicate.objects.using("owner").create(
        kind="person",
        left_id=one.pk,
        right_id=two.pk,
        place_code=one.place_code,
        household_id=one.household_id,
        other_place=two.place_code,
        other_household_id=two.household_id,
        score=0.9,
    )
    return renamed, one, two, pair


def names():
    return list(Person.objects.using("owner").order_by("pk").values_list("name", "phone_index"))


def test_what_was_chosen_in_a_merge_stays_and_is_listed(twice):
    renamed, one, two, pair = twice
    with scoped(Scope.everything()):
        made = merge(duplicate=pair, keep=one.pk, take=["name", "phone"], by=None, reason="户口簿")
    merged = names()
    done = undo(renamed)
    assert names() == merged, "neither 王秀颖 nor 王秀瑛 is lost"
    assert {(x.code, x.key) for x in done.left.using("owner")} == {
        ("undo_changed", "name"),
        ("undo_changed", "phone"),
    }
    with scoped(Scope.everything()):
        unmerge(merge=made, by=None, reason="两个人")
    assert [name for name, _phone in names()] == ["王秀瑛", "王秀颖"]
    assert names()[1] == (two.name, two.phone_index)
    undo(renamed)
    assert [name for name, _phone in names()] == ["王秀英", "王秀颖"], "a merge undone is no change"


def test_what_a_batch_made_and_somebody_merged_stays_while_it_is_merged(database):
    make_places()
    send("households", HOUSEHOLD, HOUSEHOLD | {"户编号": OTHER, "户主证件号": FAR})
    send("persons", PERSON)
    batch = send("persons", TWIN)
    one, two = Person.objects.using("owner").order_by("pk")
    homes = Household.objects.using("owner").in_bulk([one.household_id, two.household_id])
    pair = Duplicate.objects.using("owner").create(
        kind="person",
        left_id=one.pk,
        right_id=two.pk,
        place_code=homes[one.household_id].place_code,
        household_id=one.household_id,
        other_place=homes[two.household_id].place_code,
        other_household_id=two.household_id,
        score=0.9,
    )
    with scoped(Scope.everything()):
        made = merge(duplicate=pair, keep=two.pk, by=None, reason="户口簿")
    assert undo(batch).removed == 0
    with scoped(Scope.everything()):
        unmerge(merge=made, by=None, reason="两个人")
    assert undo(batch).removed == 1
    assert [name for name, _phone in names()] == ["王秀英"]
