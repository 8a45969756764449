"""Rule sets as files: an operator loads one for a region; one goes out, is changed, comes back."""

import pytest
from click.testing import CliRunner
from django.db import transaction
from django.utils import timezone

from yimaqing.domains.monitoring.actions import (
    StepRefused,
    load_ruleset_file,
    publish_version,
    run,
    submit_version,
)
from yimaqing.domains.monitoring.models import RulesetVersion
from yimaqing.domains.monitoring.rulebook import book_on, in_force
from yimaqing.domains.monitoring.rules import to_toml
from yimaqing.domains.monitoring.rules_commands import rules as rules_command
from yimaqing.domains.monitoring.tests.rules_cast import (
    BAIWEN,
    DRY,
    LIN,
    LISHI,
    drafted,
    open_rules,
)
from yimaqing.domains.registry.factories import make_household


def test_the_operator_loads_a_township_of_its_own(database):
    homes = [make_household(place_code=place, readings=DRY) for place in (BAIWEN, LISHI)]
    base = in_force(timezone.localdate())
    text = to_toml(base).replace('version = "2021.1"', 'version = "b1"\nregion = "141124104"', 1)
    text = text.replace("at_least = 20.0", "at_least = 30.0")
    version = load_ruleset_file(text=text, name="b.toml", reason="试点")
    assert version.identity == "national-2021@b1"
    with pytest.raises(StepRefused, match="已经装入"):
        load_ruleset_file(text=text, name="b.toml", reason="再装")
    elsewhere = make_household(place_code="141124105201", readings=DRY)
    run()
    assert open_rules(homes[0]) == {("water_unsafe", version.identity)}
    assert not open_rules(elsewhere)
    assert not open_rules(homes[1])
    assert [one.region for one in book_on(timezone.localdate()).sets] == ["", "141124104"]


def test_a_version_goes_out_as_a_file_and_comes_back_with_another_value(database, tmp_path):
    def said(*words, status=0):
        done = CliRunner().invoke(rules_command, list(words))
        assert done.exit_code == status, done.output
        return done.output

    text = said("export", "national-2021@2021.1")
    assert 'code = "danfeng-2020"' in text
    path = tmp_path / "own.toml"
    text = text.replace('version = "2021.1"', 'version = "own.1"\nregion = "1411"', 1)
    path.write_text(text.replace("at_most = 36.0", "at_most = 30.0"), encoding="utf-8")
    assert "没有问题" in said("check", str(path))
    said("load", str(path), "--reason", "吕政办〔2026〕1号（测试）")
    assert "1411\tnational-2021@own.1" in said("show", "--at", BAIWEN)
    told = said("diff", "national-2021@2021.1", "national-2021@own.1")
    assert "36 天/年 → 30 天/年" in told
    assert "36 days a year → 30 days a year" in told
    assert "已经装入" in said("load", str(path), "--reason", "x", status=1)
    assert "没有 national-2021@x" in said("export", "national-2021@x", status=1)


def test_a_scheme_without_a_colour_for_one_of_the_rules_is_refused_in_words(within):
    text = to_toml(in_force(timezone.localdate()))
    text = text.replace('version = "2021.1"', f'version = "l1"\nregion = "{LIN}"', 1)
    load_ruleset_file(text=text.replace("clothing_fails", "no_coat"), name="l", reason="x")
    with pytest.raises(StepRefused, match="等级"), transaction.atomic():
        drafted(within[0], scheme="three-tendencies")


def test_of_two_made_for_a_day_the_one_published_last_judges(within):
    zhao, chen, _zhou = within
    draft = drafted(zhao)
    text = to_toml(in_force(timezone.localdate()))
    day = timezone.localdate()
    text = text.replace('version = "2021.1"', f'version = "l1"\nregion = "{LIN}"', 1)
    text = text.replace("effective_from = 2021-05-01", f"effective_from = {day}", 1)
    load_ruleset_file(text=text, name="l", reason="x")
    RulesetVersion.objects.filter(pk=draft.pk).update(effect={})
    submit_version(number=draft.pk, reason="x", by=zhao)
    published_last = publish_version(number=draft.pk, by=chen)
    assert in_force(day, BAIWEN).identity == published_last.identity
