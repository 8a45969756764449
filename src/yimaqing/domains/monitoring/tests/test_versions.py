"""Rules of a region: changed by one officer with a preview, published by another, gone back on.

Cast: 赵刚 and 陈静, officers of 临县 (141124); 周平 of 离石 (141102); 王秀英's household in 白文村,
the Lis' in 离石.
"""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.monitoring.actions import (
    StepRefused,
    begin_draft,
    change_draft,
    evaluate_household,
    preview_version,
    publish_version,
    return_version,
    run,
    submit_version,
    withdraw_version,
)
from yimaqing.domains.monitoring.models import Effect, RulesetVersion, Warning
from yimaqing.domains.monitoring.rulebook import in_force, version_named
from yimaqing.domains.monitoring.rules.changing import line_of
from yimaqing.domains.monitoring.rules.ruleset import Citation
from yimaqing.domains.monitoring.tests.rules_cast import (
    BAIWEN,
    BY,
    GOOD,
    LIN,
    LISHI,
    an_hour_later,
    drafted,
    open_rules,
    published,
)
from yimaqing.domains.registry.actions import record_reading
from yimaqing.domains.registry.factories import add_reading, make_household
from yimaqing.kit.rowscope import Scope, scoped


def test_what_one_changes_another_publishes_and_both_paths_judge_by_it(homes, officers):
    wang, li = homes
    run()
    assert not open_rules(wang)
    zhao, chen, _zhou = officers
    with scoped(Scope((("141124", "141125"),), user_id=zhao.pk)):
        draft = drafted(zhao)
        effect = preview_version(number=draft.pk, by=zhao)
        assert (effect["households"], effect["totals"]["enters"]) == (1, 1)
        assert [row["code"] for row in effect["places"]] == ["141124104"]
        [moved] = Effect.objects.all()
        assert (moved.household_id, moved.change, moved.after) == (wang.pk, "enters", "red")
        submit_version(number=draft.pk, reason="按县里文件", by=zhao)
        with pytest.raises(StepRefused, match="另一人"), transaction.atomic():
            publish_version(number=draft.pk, by=zhao)
        version = publish_version(number=draft.pk, by=chen)
    assert in_force(timezone.localdate(), BAIWEN).identity == version.identity
    assert in_force(timezone.localdate(), LISHI).code == "national-2021"
    an_hour_later()
    assert run().raised == 2
    assert open_rules(wang) == {("water_unsafe", version.identity)}
    assert not open_rules(li)
    told = Entry.objects.using("owner").filter(subject_kind="ruleset").order_by("pk")
    assert [(e.action, e.user_id) for e in told] == [
        ("monitoring.rules_drafted", zhao.pk),
        ("monitoring.rules_submitted", zhao.pk),
        ("monitoring.rules_published", chen.pk),
    ]
    assert told[2].purpose == "按县里文件"


def test_who_was_judged_just_before_the_rules_changed_is_judged_by_the_new_ones(homes, officers):
    wang, _li = homes
    zhao, chen, _zhou = officers
    judge(wang)
    with scoped(Scope.everything()):
        version = published(zhao, chen)
    run()
    assert open_rules(wang) == {("water_unsafe", version.identity)}


def test_a_warning_says_its_rule_in_the_words_of_the_version_that_it_names(database, officers):
    zhao, chen, _zhou = officers
    home = make_household(place_code=BAIWEN, readings={**GOOD, "income": 4000.0})
    add_reading(home, "income", 20_000.0, timezone.now() - dt.timedelta(days=400))
    run()
    for share, judged in (("40", run), ("50", lambda: judge(home))):
        with scoped(Scope.everything()):
            draft = begin_draft(region=LIN, based_on=in_force(timezone.localdate(), LIN), by=zhao)
            change_draft(
                number=draft.pk,
                values={"rule.income_cut.fall": share},
                citation=BY,
                effective_from=timezone.localdate(),
                by=zhao,
            )
            RulesetVersion.objects.filter(pk=draft.pk).update(effect={})
            submit_version(number=draft.pk, reason="x", by=zhao)
            publish_version(number=draft.pk, by=chen)
        judged()
        held = Warning.objects.using("owner").get(rule_code="income_cut", closed_at=None)
        assert held.ruleset_version == draft.identity
        assert f"下降{share}%以上" in held.text_zh
        assert f"by {share}% or more" in held.text_en


def judge(home):
    with scoped(Scope.everything()):
        return evaluate_household(household_id=home.pk, place_code=home.place_code)


def test_a_reading_is_judged_at_once_by_the_rules_of_its_place(homes, within):
    zhao, chen, _zhou = within
    version = published(zhao, chen)
    for household in homes:
        worker = make_user("village_worker", household.place_code)
        with scoped(Scope.everything(worker.pk)):
            record_reading(
                household=household,
                indicator="water.quantity",
                value=24,
                by=worker,
                source="入户查看",
                observed_at=timezone.now(),
            )
    with scoped(Scope.everything()):
        found = Warning.objects.filter(closed_at=None, indicator="water").values_list(
            "household_id", "ruleset_version"
        )
        assert list(found) == [(homes[0].pk, version.identity)]


def test_going_back_is_a_new_version_equal_to_the_old_one(within):
    zhao, chen, _zhou = within
    first, second = published(zhao, chen, "30"), published(zhao, chen, "22")
    draft = begin_draft(region=LIN, based_on=_rules(first), by=zhao)
    RulesetVersion.objects.filter(pk=draft.pk).update(effect={})
    submit_version(number=draft.pk, reason="恢复", by=zhao)
    third = publish_version(number=draft.pk, by=chen)
    assert in_force(timezone.localdate(), BAIWEN).identity == third.identity
    assert _rules(third).thresholds == _rules(first).thresholds != _rules(second).thresholds


def _rules(version):
    return version_named(version.identity)


def test_nobody_changes_the_rules_of_another_region(within):
    zhao, chen, zhou = within
    draft = drafted(zhao)
    refused = (
        lambda: begin_draft(region="1411", based_on=in_force(timezone.localdate()), by=zhao),
        lambda: begin_draft(region="", based_on=in_force(timezone.localdate()), by=zhao),
        lambda: begin_draft(region=LIN, based_on=in_force(timezone.localdate()), by=zhou),
        lambda: drafted(make_user("township_officer", "141124104000")),
        lambda: preview_version(number=draft.pk, by=zhou),
        lambda: withdraw_version(number=draft.pk, by=zhou),
        lambda: submit_version(number=draft.pk, reason="x", by=zhou),
    )
    for act in refused:
        with pytest.raises(PermissionDenied), transaction.atomic():
            act()
    withdraw_version(number=draft.pk, by=chen)


def test_the_steps_go_in_their_order(within):
    zhao, chen, _zhou = within
    draft = drafted(zhao)
    with pytest.raises(StepRefused, match="先办完"):
        drafted(chen)
    with pytest.raises(StepRefused, match="先试算"):
        submit_version(number=draft.pk, reason="x", by=zhao)
    with pytest.raises(StepRefused, match="已不在这一步"):
        publish_version(number=draft.pk, by=chen)
    with pytest.raises(StepRefused, match="还没有评判过"):
        preview_version(number=draft.pk, by=zhao)
    RulesetVersion.objects.filter(pk=draft.pk).update(effect={})
    with pytest.raises(StepRefused, match="为什么修改"):
        submit_version(number=draft.pk, reason=" ", by=zhao)
    submit_version(number=draft.pk, reason="x", by=zhao)
    returned = return_version(number=draft.pk, answer="文号不对", by=chen)
    assert (returned.state, returned.answer) == ("returned", "文号不对")
    assert drafted(zhao).state == "draft"


def test_who_writes_into_a_colleagues_draft_could_confirm_it_and_so_may_not(within):
    zhao, chen, _zhou = within
    draft = drafted(zhao)
    asked = {"citation": BY, "effective_from": timezone.localdate(), "by": chen}
    with pytest.raises(StepRefused, match="经办人"), transaction.atomic():
        change_draft(number=draft.pk, values={"deadline.red": "9"}, **asked)
    RulesetVersion.objects.filter(pk=draft.pk).update(effect={})
    with pytest.raises(StepRefused, match="经办人"), transaction.atomic():
        submit_version(number=draft.pk, reason="x", by=chen)


def test_no_day_before_today_and_nothing_without_its_document(within):
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    with pytest.raises(StepRefused, match="生效日期"), transaction.atomic():
        drafted(within[0], effective_from=yesterday)
    with pytest.raises(StepRefused, match="依据"), transaction.atomic():
        drafted(within[0], citation=Citation("", "", "cited"))


def test_rules_of_a_later_day_wait_for_it(within):
    zhao, chen, _zhou = within
    later = timezone.localdate() + dt.timedelta(days=30)
    draft = drafted(zhao, effective_from=later)
    RulesetVersion.objects.filter(pk=draft.pk).update(effect={})
    submit_version(number=draft.pk, reason="x", by=zhao)
    version = publish_version(number=draft.pk, by=chen)
    assert in_force(timezone.localdate(), BAIWEN).code == "national-2021"
    assert in_force(timezone.localdate(), BAIWEN).identity != version.identity
    assert in_force(later, BAIWEN).identity == version.identity


def test_what_is_published_stays_and_nobody_publishes_alone(within):
    zhao, chen, _zhou = within
    version = published(zhao, chen)
    for change in ({"document": "x"}, {"state": "draft"}):
        with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
            RulesetVersion.objects.filter(pk=version.pk).update(**change)
    alone = drafted(zhao)
    with pytest.raises(DatabaseError, match="two_persons"), transaction.atomic():
        RulesetVersion.objects.filter(pk=alone.pk).update(state="published", decided_by_id=zhao.pk)


def test_a_line_and_another_scheme_are_kept_with_their_document(within):
    draft = drafted(
        within[0],
        line=line_of("monitoring", LIN, "2026", "8800"),
        scheme="three-tendencies",
    )
    RulesetVersion.objects.filter(pk=draft.pk).update(effect={})
    submit_version(number=draft.pk, reason="x", by=within[0])
    publish_version(number=draft.pk, by=within[1])
    ruleset = in_force(timezone.localdate(), BAIWEN)
    line = ruleset.line_for("monitoring", BAIWEN, 2026)
    assert (line.value_yuan, line.citation) == (8800, BY)
    assert ruleset.scheme.code == "three-tendencies"
