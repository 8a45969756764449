"""The label at the door of a household that was merged into another."""

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.codes.actions import issue, reissue
from yimaqing.domains.codes.models import Code
from yimaqing.domains.codes.tests.test_notices import ask
from yimaqing.domains.registry.duplicates.deciding import unmerge
from yimaqing.domains.registry.duplicates.merging import merge_households
from yimaqing.domains.registry.factories import make_household
from yimaqing.kit.rowscope import scoped

HERE, NEXT = "141124104201", "141124104202"


def issued(household):
    return issue(
        kind="household",
        place_code=household.place_code,
        subject_id=household.pk,
        by=None,
        actor="system:test",
        using="owner",
    )


def held_code(code):
    return Code.objects.using("owner").get(pk=code.pk)


def held(code):
    found = held_code(code)
    return found.state, found.household_id, found.subject_id, found.place_code


def merged(officer, keep, lose):
    with scoped(scope_of(officer)):
        return merge_households(
            keep=keep.pk, lose=lose.pk, members=(), take=(), by=officer, reason="同一户"
        )


def taken_apart(officer, merge):
    with scoped(scope_of(officer)):
        unmerge(merge=merge, by=officer, reason="分户")


def test_it_leads_to_the_household_that_is_left_where_that_had_no_code(database):
    officer = make_user("township_officer", "141124104000")
    one, two = make_household(place_code=HERE), make_household(place_code=NEXT)
    code = issued(two)
    was = held(code)
    merge = merged(officer, one, two)
    assert held(code) == ("active", one.pk, one.pk, HERE)
    assert ask(f"/c/{code.token}")[0] == 200, "the label at the door is no dead end"
    taken_apart(officer, merge)
    assert held(code) == was


def test_what_was_issued_anew_since_stays_with_the_household_that_is_left(database):
    officer = make_user("township_officer", "141124104000")
    one, two = make_household(place_code=HERE), make_household(place_code=NEXT)
    code = issued(two)
    merge = merged(officer, one, two)
    newer = reissue(
        code=held_code(code), reason="污损", by=None, actor="system:test", using="owner"
    )
    taken_apart(officer, merge)
    assert held(newer) == ("active", one.pk, one.pk, HERE)
    assert held(code)[0] == "replaced"
