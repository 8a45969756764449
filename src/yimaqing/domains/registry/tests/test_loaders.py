"""The county's sheets become households' files.

Cast: 王秀英 heads household 86141124000123 in 白文村; 李小军 is her son, ten years old.
"""

import datetime as dt

import pytest
from django.conf import settings

from yimaqing.domains.places.actions import recode
from yimaqing.domains.registry.models import (
    Change,
    Household,
    LivingCondition,
    Measure,
    Pairing,
    Payment,
    Person,
    PersonGram,
    Reading,
    YearlyIncome,
)
from yimaqing.domains.registry.templatetags.registry import subject_name
from yimaqing.domains.registry.tests.sheets import (
    BAIWEN,
    BOY,
    GOOD,
    HOUSEHOLD,
    INCOME,
    LIVING,
    OTHER,
    PAYMENT,
    PERSON,
    WANG,
    YAOTOU,
    counts,
    faults,
    id_number,
    make_places,
    send,
)
from yimaqing.domains.work.models import Todo
from yimaqing.kit.crypto import keyring
from yimaqing.kit.ids import grams


@pytest.fixture
def village(database):
    make_places()


@pytest.fixture
def family(village):
    send("households", HOUSEHOLD)
    send("persons", PERSON, BOY)
    return Household.objects.using("owner").get()


def one(model, **where):
    return model.objects.using("owner").get(**where)


def rows(model, **where):
    return model.objects.using("owner").filter(**where)


def readings_of(household, **where):
    found = rows(Reading, household_id=household.pk, **where).order_by("indicator", "id")
    return [(r.indicator, r.value_text or r.value_number) for r in found]


def test_a_household_is_loaded_with_codes_by_label_and_personal_values_sealed(village):
    assert counts(send("households", HOUSEHOLD)) == (1, 0, 0, 0)
    home = one(Household)
    assert (home.place_code, home.register_class, home.main_cause) == (
        BAIWEN,
        "archived",
        "illness",
    )
    assert home.other_causes == ["schooling"]
    assert (home.head_pinyin, home.member_count, home.valid) == ("wang xiu ying", 2, True)
    ring = keyring(settings.DATA_KEYS)
    assert ring.open(home.phone_sealed, purpose=b"registry_household.phone") == "15400000001"
    opened = ring.open(home.bank_account_sealed, purpose=b"registry_household.bank_account")
    assert opened == "0000123456789"
    assert bytes(home.head_id_index) == ring.index(WANG, purpose=b"registry_person.id_number")


def test_every_sheet_sent_twice_changes_nothing_the_second_time(village):
    for name, row in GOOD.items():
        assert counts(send(name, row)) == (1, 0, 0, 0), name
    before = rows(Change).count(), rows(Reading).count()
    for name, row in GOOD.items():
        assert counts(send(name, row)) == (0, 0, 1, 0), name
    assert (rows(Change).count(), rows(Reading).count()) == before


def test_the_history_has_a_word_for_every_sheet(village):
    for name, row in GOOD.items():
        send(name, row)
    kinds = {change.subject_kind for change in rows(Change)}
    assert [kind for kind in sorted(kinds) if subject_name(kind) == kind] == []


def test_members_are_found_by_name_and_the_head_is_known(family):
    wang = one(Person, name="王秀英")
    assert family.head_person_id == wang.pk
    assert (wang.name_pinyin, wang.relation, wang.born_on) == (
        "wang xiu ying",
        "head",
        dt.date(1975, 2, 14),
    )
    found = set(rows(PersonGram, person_id=wang.pk).values_list("gram", flat=True))
    assert found == grams("王秀英")


def test_a_renamed_person_is_found_by_the_new_name_only(family):
    assert counts(send("persons", BOY | {"姓名": "李建军"})) == (0, 1, 0, 0)
    boy = one(Person, name="李建军")
    assert set(rows(PersonGram, person_id=boy.pk).values_list("gram", flat=True)) == grams("李建军")
    last = rows(Change, subject_kind="person", subject_id=boy.pk).latest("id")
    assert (last.kind, last.before) == ("updated", {"name": "李小军"})


def test_history_names_what_changed_and_never_a_secret(family):
    batch = send("households", HOUSEHOLD | {"联系电话": "15400000002", "登记类别": "边缘户"})
    assert counts(batch) == (0, 1, 0, 0)
    last = rows(Change, subject_kind="household").latest("id")
    assert last.before == {"phone": "sealed", "register_class": "archived"}
    assert (last.batch_id, last.source, last.actor) == (batch.pk, batch.source, "system:import")


def test_a_column_that_the_file_lacks_is_left_alone_and_an_empty_cell_clears(family):
    short = {k: v for k, v in HOUSEHOLD.items() if k not in ("脱贫年度", "联系电话")}
    assert counts(send("households", short)) == (0, 0, 1, 0)
    assert counts(send("households", HOUSEHOLD | {"脱贫年度": ""})) == (0, 1, 0, 0)
    assert one(Household).exit_year is None


def test_an_empty_cell_never_erases_a_secret_that_history_could_not_bring_back(family):
    assert counts(send("households", HOUSEHOLD | {"联系电话": "", "银行账号": ""})) == (0, 0, 1, 0)
    assert one(Household).phone_sealed is not None


def test_income_is_kept_in_fen(family):
    send("incomes", INCOME)
    income = one(YearlyIncome)
    assert (income.total_fen, income.net_fen, income.per_capita_fen) == (1200000, 1099999, 550000)
    assert (income.divisor, income.divisor_basis, income.minimum_living_fen) == (
        2,
        "registered",
        150000,
    )


def test_help_payments_and_helper_are_kept(family):
    for name in ("measures", "payments", "pairings", "living_conditions"):
        send(name, GOOD[name])
    assert one(Measure).measure_group == "industry"
    assert (one(Payment).amount_fen, one(Payment).person_id) == (35050, family.head_person_id)
    assert (one(Pairing).helper_name, one(Pairing).rank) == ("赵强", 1)
    assert (one(LivingCondition).house_structure, one(LivingCondition).house_grade) == (
        "brick_cave",
        "B",
    )


def test_a_person_who_moves_takes_readings_and_grams_along(family):
    send("households", HOUSEHOLD | {"户编号": OTHER, "村编号": YAOTOU, "户主姓名": "张兰"})
    assert counts(send("persons", BOY | {"户编号": OTHER})) == (0, 1, 0, 0)
    boy = one(Person, name="李小军")
    other = one(Household, household_number=OTHER)
    assert (boy.household_id, boy.place_code) == (other.pk, YAOTOU)
    assert set(rows(PersonGram, person_id=boy.pk).values_list("place_code", flat=True)) == {YAOTOU}
    assert ("education", "enrolled") in readings_of(other)


def test_a_household_that_moves_takes_everything_along(family):
    send("incomes", INCOME)
    assert counts(send("households", HOUSEHOLD | {"村编号": YAOTOU})) == (0, 1, 0, 0)
    for model in (Household, Person, PersonGram, YearlyIncome, Reading, Change):
        assert set(rows(model).values_list("place_code", flat=True)) == {YAOTOU}, model


def test_a_person_without_a_number_is_known_by_the_identity_number(family):
    nameless = {k: v for k, v in BOY.items() if k != "人编号"}
    assert counts(send("persons", nameless)) == (0, 0, 1, 0)
    assert one(Person, name="李小军").person_number == BOY["人编号"]


def test_a_member_who_left_frees_the_identity_number(family):
    send("households", HOUSEHOLD | {"户编号": OTHER, "户主姓名": "张兰", "户主证件号": ""})
    gone = BOY | {"人员状态": "自然减少"}
    joined = BOY | {"人编号": "8614112400045601", "户编号": OTHER}
    batch = send("persons", gone, joined)
    assert counts(batch) == (1, 1, 0, 0)
    assert sorted(rows(Person, name="李小军").values_list("valid", flat=True)) == [False, True]


def test_birth_date_comes_from_the_number_when_it_is_not_stated(village):
    send("households", HOUSEHOLD)
    send("persons", PERSON | {"出生日期": ""})
    assert one(Person).born_on == dt.date(1975, 2, 14)


def test_what_is_odd_about_members_becomes_a_to_do_and_ends_when_it_is_mended(village):
    send(
        "households", HOUSEHOLD, HOUSEHOLD | {"户编号": OTHER, "户主姓名": "张兰", "户主证件号": ""}
    )
    batch = send("persons", BOY)
    assert [code for _, _, code in faults(batch)] == [
        "no_members",
        "head_missing",
        "members_differ",
    ]
    kinds = rows(Todo, state="open").order_by("kind").values_list("kind", flat=True)
    assert list(kinds) == [
        "registry.head_missing",
        "registry.members_differ",
        "registry.no_members",
    ]
    send("persons", PERSON, BOY)
    assert list(rows(Todo, state="open").values_list("kind", flat=True)) == ["registry.no_members"]


def test_a_remark_speaks_of_the_households_in_the_file(village):
    """Another household's missing head was told when its own members came."""
    other = HOUSEHOLD | {"户编号": OTHER, "户主姓名": "张兰", "户主证件号": "", "家庭人口数": "1"}
    send("households", HOUSEHOLD, other)
    assert "head_missing" in [code for _, _, code in faults(send("persons", BOY))]
    zhang = PERSON | {"户编号": OTHER, "人编号": f"{OTHER}01", "姓名": "张兰", "证件号码": ""}
    told = [code for _, _, code in faults(send("persons", zhang))]
    assert "head_missing" not in told
    assert rows(Todo, state="open", kind="registry.head_missing").exists()


def test_a_payment_to_a_stranger_is_kept_with_a_remark(family):
    batch = send("payments", PAYMENT | {"领取人证件号": id_number("19800101", 9)})
    assert counts(batch) == (1, 0, 0, 0)
    assert faults(batch) == [(2, "payee", "payee_not_member")]
    assert one(Payment).person_id is None


def test_an_outdated_village_code_comes_with_the_new_one(village):
    recode(YAOTOU, BAIWEN, on=dt.date(2020, 1, 1), reason="并村")
    batch = send("households", HOUSEHOLD | {"村编号": YAOTOU})
    assert faults(batch) == [(2, "place_code", "place_outdated")]
    error = batch.errors.using("owner").get()
    assert error.params == {"place": YAOTOU, "new": BAIWEN, "name": "白文村"}


def test_a_month_without_its_day_leaves_the_day_on_record(village):
    send("households", HOUSEHOLD)
    send("living_conditions", LIVING)
    batch = send("living_conditions", LIVING | {"鉴定日期": "2019.6", "住房结构": "砖混"})
    assert (batch.updated, [fault[2] for fault in faults(batch)]) == (1, ["date_month"])
    held = LivingCondition.objects.using("owner").get()
    assert held.house_graded_on == dt.date(2019, 6, 12)
    send("living_conditions", LIVING | {"鉴定日期": ""})
    held.refresh_from_db(using="owner")
    assert held.house_graded_on is None  # a blank cell says that there is none
