"""Two records become one with all that was known of both, and two again exactly as before."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.accounts.models import AssignedHousehold, Assignment, User
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.codes.actions import issue
from yimaqing.domains.codes.models import Code
from yimaqing.domains.monitoring.models import Warning
from yimaqing.domains.registry.duplicates.deciding import CannotUnmerge, decide, merge, unmerge
from yimaqing.domains.registry.duplicates.finding import find
from yimaqing.domains.registry.duplicates.merging import CannotMerge
from yimaqing.domains.registry.factories import add_person, add_reading, make_household
from yimaqing.domains.registry.models import (
    Duplicate,
    Household,
    LivingCondition,
    Measure,
    Merge,
    Payment,
    Person,
    PersonGram,
    Reading,
)
from yimaqing.domains.work.models import Todo
from yimaqing.kit.rowscope import scoped

HERE, NEXT = "141124104201", "141124104202"
BORN = dt.date(1968, 3, 5)
TABLES = """
SELECT relname FROM pg_class WHERE relkind = 'r' AND (relname LIKE 'registry\\_%%' OR relname =
 'codes_code') AND relname NOT IN ('registry_change', 'registry_merge', 'registry_duplicate')
 ORDER BY 1
"""


def register():
    """Every row of the register and of the codes, by table."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(TABLES)
        tables = [row[0] for row in cursor.fetchall()]
        held = {}
        for table in tables:
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY 1")
            held[table] = [row[0] for row in cursor.fetchall()]
    return held


def changes():
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT to_jsonb(t)::text FROM registry_change t WHERE kind NOT LIKE %s", ["%merged"]
        )
        return sorted(row[0] for row in cursor.fetchall())


def facts_of(household):
    of = {"place_code": household.place_code, "household_id": household.pk, "source": "factory"}
    Measure.objects.using("owner").create(
        number=f"M{household.pk}", year=2025, measure_group="jobs", name="公益岗位", **of
    )
    Payment.objects.using("owner").create(
        serial=f"S{household.pk}",
        fund="低保金",
        paid_on=dt.date(2025, 5, 1),
        amount_fen=100,
        person_id=household.head_person_id,
        **of,
    )
    for year in (2024, 2025) if household.place_code == HERE else (2025,):
        LivingCondition.objects.using("owner").create(year=year, house_grade="B", **of)
    add_reading(
        household, "water", "fail", dt.datetime(2026, 3, household.pk % 20 + 1, tzinfo=dt.UTC)
    )
    add_reading(
        household,
        "medical",
        "insured",
        dt.datetime(2026, 3, 2, tzinfo=dt.UTC),
        household.head_person_id,
    )
    return household


@pytest.fixture
def officer(database):
    return make_user("township_officer", "141124104000")


@pytest.fixture
def two_households(officer):
    """One household twice: in the next village under another spelling, without its son."""
    spouse = {"name": "李爱莲", "born_on": BORN, "sex": "female", "relation": "spouse"}
    son = {"name": "张小伟", "born_on": dt.date(1999, 9, 9)}
    one = facts_of(
        make_household(
            place_code=HERE, head_name="张国华", members=[spouse, son], address="东街1号"
        )
    )
    spouse = {**spouse, "name": "李爱蓮"}
    daughter = {
        "name": "张小燕",
        "sex": "female",
        "relation": "daughter",
        "born_on": dt.date(2001, 1, 2),
    }
    two = facts_of(
        make_household(
            place_code=NEXT, head_name="張国华", members=[spouse, daughter], address="西街2号"
        )
    )
    for household in (one, two):
        issue(
            kind="household",
            place_code=household.place_code,
            subject_id=household.pk,
            by=None,
            actor="system:test",
            using="owner",
        )
    find()
    return one, two


@pytest.fixture
def two_persons(officer):
    """A daughter who is registered with her parents and with her husband."""
    at_home = make_household(place_code=HERE, head_name="王秀英", member_count=2)
    married = make_household(place_code=NEXT, head_name="李建国", member_count=2)
    one = add_person(
        at_home, name="王晓红", sex="female", relation="daughter", born_on=BORN, phone="15400000001"
    )
    two = add_person(
        married,
        name="王小红",
        sex="female",
        relation="spouse",
        born_on=BORN,
        id_number="X1",
        education="junior",
    )
    add_reading(at_home, "medical", "uninsured", dt.datetime(2026, 3, 2, tzinfo=dt.UTC), one.pk)
    add_reading(married, "medical", "insured", dt.datetime(2026, 4, 2, tzinfo=dt.UTC), two.pk)
    find()
    return one, two


def pair(kind):
    return Duplicate.objects.using("owner").get(kind=kind, state="open")


def test_a_person_who_stands_twice_becomes_one_with_what_was_seen_of_both(officer, two_persons):
    one, two = two_persons
    with scoped(scope_of(officer)):
        merge(
            duplicate=pair("person"),
            keep=two.pk,
            take=["name", "id_number"],
            by=officer,
            reason="户口簿为证",
        )
        kept = Person.objects.get(pk=two.pk)
        assert (kept.name, kept.name_pinyin, kept.id_number_index) == (
            "王晓红",
            "wang xiao hong",
            one.id_number_index,
        )
        assert kept.education == "junior"
        assert not Person.objects.get(pk=one.pk).valid
        assert Reading.objects.filter(person_id=two.pk, household_id=two.household_id).count() == 2
        assert set(PersonGram.objects.filter(person_id=two.pk).values_list("gram", flat=True)) >= {
            "晓",
            "晓红",
        }
        todo = Todo.objects.get(kind="registry.members_differ", household_id=one.household_id)
        assert (todo.detail["members"], todo.detail["declared"]) == (1, 2)
    entry = Entry.objects.using("owner").get(action="registry.persons_merged")
    assert (entry.purpose, entry.subject_id) == ("户口簿为证", str(two.pk))
    assert "王" not in str(entry.after)


@pytest.mark.parametrize("take", [(), ("name", "id_number", "phone", "relation", "education")])
def test_un_merging_persons_restores_every_row(officer, two_persons, take):
    before, history = register(), changes()
    with scoped(scope_of(officer)):
        merge(duplicate=pair("person"), keep=two_persons[1].pk, take=take, by=officer)
    assert register() != before
    with scoped(scope_of(officer)):
        assert unmerge(merge=Merge.objects.get(), by=officer, reason="是两个人") == 0
    assert register() == before
    assert changes() == history


def test_a_household_that_stands_twice_becomes_one(officer, two_households):
    one, two = two_households
    with scoped(scope_of(officer)):
        merge(duplicate=pair("household"), keep=one.pk, by=officer, reason="同一户")
        members = Person.objects.filter(household_id=one.pk, valid=True).values_list(
            "name", flat=True
        )
        assert set(members) == {"张国华", "李爱莲", "张小伟", "张小燕"}
        other = Household.objects.get(pk=two.pk)
        assert (other.valid, other.head_person_id) == (False, None)
        assert Measure.objects.filter(household_id=one.pk).count() == 2
        assert (
            Payment.objects.filter(household_id=one.pk, person_id=one.head_person_id).count() == 2
        )
        assert LivingCondition.objects.filter(household_id=one.pk).count() == 2, "2025 stands once"
        assert LivingCondition.objects.filter(household_id=two.pk).count() == 1
        code = Code.objects.get(household_id=two.pk)
        assert (code.state, code.replaced_by.household_id) == ("replaced", one.pk)
        assert not Warning.objects.filter(household_id=two.pk, closed_at=None).exists()
        assert Warning.objects.filter(household_id=one.pk, closed_at=None).exists()
        assert not Todo.objects.filter(kind="registry.duplicate", state="open").exists()


@pytest.mark.parametrize("take", [(), ("address", "phone", "head_name", "group")])
def test_un_merging_households_restores_every_row(officer, two_households, take):
    before, history = register(), changes()
    with scoped(scope_of(officer)):
        merge(duplicate=pair("household"), keep=two_households[0].pk, take=take, by=officer)
        [made] = Merge.objects.filter(kind="household")
        assert unmerge(merge=made, by=officer, reason="分户") == 0
        with pytest.raises(CannotUnmerge):
            unmerge(merge=made, by=officer, reason="再来")
    live = register()
    live.pop("registry_addressstem", None), before.pop("registry_addressstem", None)
    assert live == before
    assert changes() == history


def test_what_was_corrected_since_stays_and_is_counted(officer, two_households):
    with scoped(scope_of(officer)):
        merge(duplicate=pair("household"), keep=two_households[0].pk, by=officer)
        Household.objects.filter(pk=two_households[1].pk).update(valid=True)  # by a list since
        assert unmerge(merge=Merge.objects.get(kind="household"), by=officer, reason="分户") == 1


def test_who_sees_one_village_sees_no_pair_of_two_and_may_not_decide(officer, two_households):
    here = make_user("village_worker", HERE)
    held = pair("household")
    with scoped(scope_of(here)):
        assert not Duplicate.objects.exists()
    clerk = make_user("township_officer", "141181101000")
    with scoped(scope_of(officer)), pytest.raises(PermissionDenied):
        decide(duplicate=held, state="different", note="", by=clerk)


def test_a_pair_told_apart_is_ended_with_its_todo(officer, two_persons):
    with scoped(scope_of(officer)):
        decide(duplicate=pair("person"), state="different", note="堂姐妹", by=officer)
        assert Todo.objects.get(kind="registry.duplicate").reason == "堂姐妹"
        held = Duplicate.objects.get()
        with pytest.raises(CannotMerge):
            decide(duplicate=held, state="same", note="", by=officer)
    assert find().new == 0


def test_what_was_decided_of_a_pair_is_not_decided_again(officer, two_persons):
    held = pair("person")
    with scoped(scope_of(officer)):
        decide(duplicate=held, state="different", note="堂姐妹", by=officer)
        with pytest.raises(CannotMerge, match="已有结论"):
            merge(duplicate=held, keep=held.left_id, by=officer)
        Duplicate.objects.filter(pk=held.pk).update(state="open")
        merge(duplicate=held, keep=held.left_id, by=officer)
        with pytest.raises(CannotMerge, match="已有结论"):
            decide(duplicate=held, state="different", note="", by=officer)
    assert Duplicate.objects.using("owner").get().state == "same"


def test_a_helper_keeps_the_household_that_was_merged_into_another(officer, two_households):
    one, two = two_households
    liu = User.objects.using("owner").create(username="liu", display_name="刘干部")
    post = Assignment.objects.using("owner").create(
        user_id=liu.pk, role="helper", starts_on=dt.date(2020, 1, 1)
    )
    AssignedHousehold.every.using("owner").create(assignment=post, household_id=two.pk)
    with scoped(scope_of(officer)):
        merge(duplicate=pair("household"), keep=one.pk, by=officer)
    assert set(scope_of(liu).household_ids) == {one.pk, two.pk}
    with scoped(scope_of(officer)):
        unmerge(merge=Merge.objects.get(kind="household"), by=officer, reason="分户")
    assert scope_of(liu).household_ids == (two.pk,)


def test_two_who_merge_at_once_merge_once(officer, two_persons):
    held = pair("person")
    with scoped(scope_of(officer)):
        merge(duplicate=held, keep=held.left_id, by=officer)
        with pytest.raises(CannotMerge):
            merge(duplicate=held, keep=held.right_id, by=officer)
    assert Merge.objects.using("owner").count() == 1
