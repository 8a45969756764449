"""The synthetic register keeps what its README promises."""

import datetime as dt
import hashlib
import time

import numpy as np
import polars as pl
import pytest

from demo import margins
from demo.generate import generate, households_of, main
from demo.tests.conftest import AS_OF
from demo.villages import DIVISIONS, all_villages, sample
from demo.visits import last_year


def hashes(folder):
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


def test_same_seed_same_bytes(tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        generate(tmp_path / name, scale="200", seed=seed, as_of=AS_OF)
    one, same, other = (hashes(tmp_path / name) for name in ("a", "b", "c"))
    assert one == same
    drawn = [name for name in one if name != "income_lines.toml"]
    assert len(drawn) == 11
    assert all(one[name] != other[name] for name in drawn)


def test_day_shifts_dates(tmp_path):
    generate(tmp_path / "a", scale="200", as_of=dt.date(2020, 8, 19))
    table = pl.read_csv(tmp_path / "a" / "readings.csv", infer_schema=False)
    days = table["观测日期"].str.to_date(strict=False).drop_nulls()
    good = days.filter(days < dt.date(2090, 1, 1))
    assert good.is_between(dt.date(2016, 1, 1), dt.date(2020, 8, 19)).all()
    assert (good > dt.date(2020, 8, 1)).any()
    groups = pl.read_csv(tmp_path / "a" / "households.csv", infer_schema=False)["监测对象类型"]
    assert "边缘户" in groups.to_list()


def test_speed_is_shown(tmp_path, capsys):
    started = time.monotonic()
    assert main(["--out", str(tmp_path), "--scale", "2000", "--as-of", "2026-11-22"]) == 0
    print(f"2,000 households in {time.monotonic() - started:.2f} s")
    assert "households.csv" in capsys.readouterr().out


def test_scale_must_be_known(tmp_path):
    with pytest.raises(SystemExit):
        main(["--out", str(tmp_path), "--scale", "huge"])
    with pytest.raises(ValueError, match="13 households"):
        households_of("5")


def test_places_of_every_scale():
    whole = all_villages(7)
    assert whole.height == 2456
    assert whole["poor"].sum() == margins.POOR_VILLAGES
    assert not (whole["poor"] & ~whole["rural"]).any()
    for households in (300, 16_000, 210_000):
        villages = sample(7, households)
        assert villages["households"].sum() == households
        assert villages["county"].n_unique() == 13
    few = sample(7, 16_000)
    assert few["township"].n_unique() >= 2 * 13
    # the sample keeps the kind and the name of each village
    assert few.join(whole, on=["code", "name", "poor", "exit_year"]).height == few.height


def test_household_margins(register):
    households, persons = register.clean["households"], register.clean["persons"]
    archived = households.filter(pl.col("登记类别") == "建档立卡户")
    assert archived["家庭人口数"].cast(int).mean() == pytest.approx(590 / 210, rel=0.03)
    causes = archived["主要致贫原因"].value_counts(sort=True, normalize=True)
    assert causes["主要致贫原因"][0] == "因病"
    assert causes["proportion"][0] == pytest.approx(0.40, abs=0.03)
    monitored = households["监测对象类型"].drop_nulls().len() / households.height
    assert 0.03 < monitored < 0.10
    age = (AS_OF - persons["出生日期"].str.to_date()).dt.total_days() / 365.2425
    assert 0 <= age.min() < 3
    assert 90 < age.max() < 100
    assert (age >= 60).mean() == pytest.approx(0.30, abs=0.04)
    assert (age < 16).mean() == pytest.approx(0.14, abs=0.04)
    assert (persons["性别"] == "男").mean() == pytest.approx(0.52, abs=0.02)


def test_incidence_is_over_the_rural_population(register):
    households, years = register.whole["households"], register.clean["village_year"]
    archived = households.filter(
        (pl.col("登记类别") == "建档立卡户") & pl.col("户编号").is_unique()
    )
    people = archived["家庭人口数"].cast(int).sum()
    counties = register.whole["village_year"].filter(
        pl.col("地点编号").str.ends_with("000000") & (pl.col("年度") == years["年度"].max())
    )
    rural = counties["乡村人口数"].cast(int).sum()
    assert people / rural == pytest.approx(margins.INCIDENCE, rel=0.02)
    assert counties["地点属性"].value_counts().sort("count")["count"].to_list() == [3, 4, 6]


def test_families_hold_together(register):
    persons = register.clean["persons"].with_columns(
        born=pl.col("出生日期").str.to_date(), head=pl.col("与户主关系") == "户主"
    )
    heads = persons.filter("head")
    assert heads["户编号"].is_unique().all()
    families = persons.join(heads, on="户编号", suffix="_head")
    gap = (pl.col("born") - pl.col("born_head")).dt.total_days() / 365.2425
    children = families.filter(pl.col("与户主关系").is_in(["之子", "之女"])).select(gap)
    parents = families.filter(pl.col("与户主关系").is_in(["之父", "之母"])).select(gap)
    spouses = families.filter(pl.col("与户主关系") == "配偶")
    assert children.min().item() > 15
    assert parents.max().item() < -10
    assert (spouses["性别"] != spouses["性别_head"]).all()
    sexes = dict(persons.group_by("与户主关系").agg(pl.col("性别").unique()).iter_rows())
    assert sexes["之子"] == sexes["之父"] == ["男"]
    assert sexes["之女"] == sexes["之母"] == ["女"]
    names = families.filter(pl.col("与户主关系") == "之子", pl.col("性别_head") == "男")
    assert (names["姓名"].str.slice(0, 1) == names["姓名_head"].str.slice(0, 1)).all()


def test_causes_have_bearers(register):
    causes = register.clean["households"].select("户编号", "主要致贫原因")
    families = (
        register.clean["persons"].join(causes, on="户编号").group_by("户编号", "主要致贫原因")
    )
    seen = families.agg(pl.col("健康状况").unique(), pl.col("在校生状况").unique())
    ill = seen.filter(pl.col("主要致贫原因") == "因残")
    assert ill.select(pl.col("健康状况").list.contains("残疾")).to_series().mean() > 0.97


def test_identity_numbers_belong_to_nobody(register):
    persons = register.clean["persons"]
    numbers = persons["证件号码"]
    assert numbers.is_unique().all()
    counties = pl.read_csv(DIVISIONS, infer_schema=False)["code"].str.slice(0, 6)
    assert not numbers.str.slice(0, 6).is_in(counties.implode()).any()
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    for number, born, sex in persons.select("证件号码", "出生日期", "性别").iter_rows():
        total = sum(int(digit) * weight for digit, weight in zip(number[:17], weights, strict=True))
        assert number[17] == "10X98765432"[total % 11]
        assert number[6:14] == born.replace("-", "")
        assert int(number[16]) % 2 == (sex == "男")


def test_phones_and_accounts_are_unassigned(register):
    households = register.clean["households"]
    assert households["联系电话"].drop_nulls().str.contains(r"^154\d{8}$").all()
    assert households["银行账号"].str.contains(r"^0000\d{15}$").all()
    assert register.clean["pairings"]["办公电话"].str.contains(r"^0358-0\d{6}$").all()


def test_register_numbers(register):
    households = register.clean["households"]["户编号"]
    assert households.str.contains(r"^86\d{12}$").all()
    assert households.is_unique().all()
    assert register.clean["persons"]["人编号"].is_unique().all()
    for name, key in (("measures", "措施编号"), ("payments", "流水号")):
        assert register.clean[name][key].is_unique().all()


def test_declared_members_are_in_the_file(register):
    counts = register.whole["persons"].filter(pl.col("人编号").str.len_chars() == 16)
    duplicates = {"duplicate_row", "same_id_two_persons", "unknown_household"}
    planted = register.truth["datasets"]["persons"]["planted"]
    touched = {
        register.whole["persons"]["人编号"][entry["row"] - 2][:14]
        for entry in planted
        if entry["kind"] in duplicates
    }
    sizes = counts.group_by("户编号").len()
    joined = register.clean["households"].join(sizes, on="户编号")
    joined = joined.filter(~pl.col("户编号").is_in(list(touched)))
    assert joined.height > 7000
    assert (joined["家庭人口数"].cast(int) == joined["len"]).all()


def fen(column):
    return pl.col(column).str.replace(r"\.", "").cast(pl.Int64)


def test_income_identities_hold_to_the_fen(register):
    transfers = ("计划生育金", "低保金", "生态补偿金", "五保金", "养老保险金", "其他转移性收入")
    rows = register.clean["incomes"].select(
        transfer=fen("转移性收入") - pl.sum_horizontal(*(fen(name) for name in transfers)),
        total=fen("年收入")
        - sum(fen(name) for name in ("工资性收入", "生产经营性收入", "财产性收入", "转移性收入")),
        net=fen("纯收入") - fen("年收入") + fen("生产经营性支出"),
        each=(fen("人均纯收入") - fen("纯收入") / pl.col("核算人口数").cast(int)).abs(),
        smallest=fen("工资性收入"),
    )
    assert rows.select((pl.col("transfer", "total", "net") == 0).all()).row(0) == (True,) * 3
    assert rows["each"].max() <= 0.5
    assert rows["smallest"].min() >= 0


def test_few_incomes_fall_below_the_line(register):
    incomes = register.clean["incomes"].with_columns(pl.col("人均纯收入").cast(float))
    before, now = sorted(incomes["年度"].unique())
    share = {
        year: (incomes.filter(pl.col("年度") == year)["人均纯收入"] < 4000).mean()
        for year in (before, now)
    }
    assert share[now] == pytest.approx(margins.FAIL_INCOME, rel=0.2)
    assert share[before] > 2 * share[now]


def test_payments_are_the_transfers(register):
    incomes = register.clean["incomes"]
    year = incomes["年度"].max()
    paid = register.clean["payments"].group_by("户编号").agg(paid=fen("金额").sum())
    due = incomes.filter(pl.col("年度") == year).select("户编号", due=fen("转移性收入"))
    both = due.join(paid, on="户编号")
    assert (both["paid"] == both["due"]).mean() > 0.9  # the rest lost a spoiled row


def test_houses_follow_the_census(register):
    readings = register.clean["readings"].filter(pl.col("指标") == "住房安全")
    households = register.clean["households"].height
    share = readings["值"].value_counts()
    counts = dict(share.iter_rows())
    assert counts["已改造"] / households == pytest.approx(margins.HOUSING_REBUILT, abs=0.02)
    assert counts["已搬迁"] / households == pytest.approx(margins.HOUSING_MOVED, abs=0.02)
    living = register.clean["living_conditions"]
    bad = living.filter(pl.col("年度") == living["年度"].max())["危房级别"].is_in(["C级", "D级"])
    assert 0.002 < bad.mean() < 0.012


def test_water_improves_and_failures_gather(tmp_path):
    generate(tmp_path, scale="30000", as_of=AS_OF)
    readings = pl.read_csv(tmp_path / "readings.csv", infer_schema=False)
    days = readings.with_columns(pl.col("观测日期").str.to_date(strict=False))
    quality = days.filter(pl.col("指标") == "饮水水质", pl.col("观测日期") < dt.date(2090, 1, 1))
    fails = quality.group_by(late=pl.col("观测日期") > dt.date(2026, 8, 1)).agg(
        (pl.col("值") == "不达标").mean()
    )
    share = dict(fails.iter_rows())
    assert 0 < share[True] < share[False] / 1.5


def test_nothing_lies_after_the_day(register):
    for name, column in (
        ("readings", "观测日期"), ("payments", "发放日期"), ("measures", "开始日期"),
        ("living_conditions", "鉴定日期"), ("pairings", "开始日期"), ("persons", "出生日期"),
    ):  # fmt: skip
        assert register.clean[name][column].str.to_date().max() <= AS_OF, name


def test_last_years_round_is_fresh_at_every_end_of_month():
    for day in (AS_OF, dt.date(2026, 3, 1), dt.date(2024, 3, 31)):
        first, last = last_year(np.datetime64(day))
        ends = [day.replace(day=1) - dt.timedelta(days=1)]
        for _ in range(11):
            ends.append(ends[-1].replace(day=1) - dt.timedelta(days=1))
        seen = [day - dt.timedelta(days=first), day - dt.timedelta(days=last - 1)]
        assert max(seen) < ends[-1]
        assert (ends[0] - min(seen)).days < 365
