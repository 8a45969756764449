"""Loading divisions and moving records when places merge.

Cast: 临县 (141124) with 白文镇 (141124104) and its villages.
"""

import datetime as dt
from pathlib import Path

import pytest

from yimaqing.domains.audit.models import Entry
from yimaqing.domains.places.actions import BadDivisionFile, BadRecode, load_divisions, recode
from yimaqing.domains.places.models import Contact, FormerName, Place, PlaceYear, Recode
from yimaqing.domains.places.queries import children, full_name, path_of, subtree

REAL = Path(__file__).parents[1] / "data" / "luliang_divisions.csv"
EDITION = dt.date(2023, 6, 30)
HEADER = "code,name,level,parent_code,unit_type\n"
SMALL = HEADER + (
    "141100000000,吕梁市,prefecture,,\n"
    "141124000000,临县,county,141100000000,\n"
    "141124104000,白文镇,township,141124000000,镇\n"
    "141124104201,白文村,village,141124104000,村委会\n"
    "141124104202,曜头村,village,141124104000,村委会\n"
)


def write(tmp_path, text):
    path = tmp_path / "divisions.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_real_file_of_the_prefecture_loads_and_loads_again(database):
    done = load_divisions(REAL, edition=EDITION)
    assert (done.created, done.updated, done.ended) == (2625, 0, 0)
    assert Place.objects.filter(kind="county").count() == 13
    again = load_divisions(REAL, edition=EDITION)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2625)
    assert [p.name for p in path_of("141124104000")][:2] == ["山西省", "吕梁市"]


def test_a_vanished_village_is_ended_and_comes_back(database, tmp_path):
    load_divisions(write(tmp_path, SMALL), edition=EDITION)
    shorter = SMALL.replace("141124104202,曜头村,village,141124104000,村委会\n", "")
    later = dt.date(2024, 6, 30)
    assert load_divisions(write(tmp_path, shorter), edition=later).ended == 1
    assert [p.name for p in children("141124104000")] == ["白文村"]
    load_divisions(write(tmp_path, SMALL), edition=dt.date(2025, 6, 30))
    assert Place.objects.get(code="141124104202").valid_to is None
    assert full_name("141124104202") == "临县白文镇曜头村"


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("14112410420,短码村,village,141124104000,", "code"),
        ("141124104201,重码村,village,141124104000,", "code"),
        ("141124104300,,village,141124104000,", "name"),
        ("141124104300,甲,hamlet,141124104000,", "level"),
        ("141125104300,乙,village,141124104000,", "parent_code"),
        ("141124104300,丙,township,141124000000,", "code"),
        ("141124105201,丁,village,141124105000,", "parent_code"),
    ],
)
def test_a_faulty_row_is_named_and_nothing_is_loaded(database, tmp_path, line, column):
    with pytest.raises(BadDivisionFile) as caught:
        load_divisions(write(tmp_path, SMALL + line + "\n"), edition=EDITION)
    fault = caught.value.faults[0]
    assert (fault.line, fault.column) == (7, column)
    assert fault.reason
    assert not Place.objects.exists()


def test_a_missing_column_is_named(database, tmp_path):
    with pytest.raises(BadDivisionFile) as caught:
        load_divisions(write(tmp_path, "code,name\n1,a\n"), edition=EDITION)
    assert {f.column for f in caught.value.faults} == {"level", "parent_code", "unit_type"}


def test_a_renumbered_township_takes_its_villages_along(database, tmp_path):
    renumbered = SMALL + "141124110000,新白文镇,township,141124000000,镇\n"
    load_divisions(write(tmp_path, renumbered), edition=EDITION)
    recode("141124104000", "141124110000", on=dt.date(2024, 1, 1), reason="民发〔2024〕1号")
    assert Place.objects.get(code="141124110201").name == "白文村"
    assert Place.objects.get(code="141124104201").valid_to == dt.date(2024, 1, 1)
    assert Recode.objects.get().new_code == "141124110000"
    assert not subtree(Place.objects.get(code="141124104000")).exists()


def test_a_recode_to_nowhere_changes_nothing(database, tmp_path):
    load_divisions(write(tmp_path, SMALL), edition=EDITION)
    with pytest.raises(BadRecode):
        recode("141124104000", "141124999000", on=EDITION, reason="x")
    with pytest.raises(BadRecode):
        recode("141124104201", "141124104000", on=EDITION, reason="x")


def test_two_townships_whose_villages_share_numbers_are_not_merged_as_a_whole(database, tmp_path):
    both = SMALL + (
        "141124110000,碛口镇,township,141124000000,镇\n"
        "141124110201,西湾村,village,141124110000,村委会\n"
    )
    load_divisions(write(tmp_path, both), edition=EDITION)
    with pytest.raises(BadRecode, match="白文村 → 141124110201 西湾村"):
        recode("141124104000", "141124110000", on=EDITION, reason="x")
    assert Place.objects.get(code="141124104201").valid_to is None


def test_a_renumbered_village_keeps_its_contact_and_its_yearly_file(database, tmp_path):
    renumbered = SMALL + "141124104210,白文新村,village,141124104000,村委会\n"
    load_divisions(write(tmp_path, renumbered), edition=EDITION)
    Contact.objects.create(
        place_id="141124104201",
        duty="office",
        name="李明",
        office_phone="0358-4420000",
        valid_from=EDITION,
    )
    for code, year in (("141124104201", 2019), ("141124104201", 2020), ("141124104210", 2020)):
        PlaceYear.objects.create(place_id=code, year=year)
    recode("141124104201", "141124104210", on=dt.date(2024, 1, 1), reason="x")
    assert Contact.objects.get().place_id == "141124104210"
    years = PlaceYear.objects.filter(place_id="141124104210").values_list("year", flat=True)
    assert sorted(years) == [2019, 2020]


def renamed(tmp_path, *names, code="141124104201"):
    """白文村 under each name in turn, a year apart, the first of 2023."""
    for years, name in enumerate(names):
        file = write(tmp_path, SMALL.replace("白文村", name))
        done = load_divisions(file, edition=EDITION.replace(year=2023 + years))
    return done, list(
        FormerName.objects.filter(place=code).values_list("name", "valid_from", "valid_to")
    )


def test_a_renamed_village_keeps_its_former_names(database, tmp_path):
    first, second = dt.date(2024, 6, 30), dt.date(2025, 6, 30)
    done, names = renamed(tmp_path, "白文村", "白文新村", "白文社区")
    assert names == [("白文新村", first, second), ("白文村", EDITION, first)]
    assert (done.updated, done.renamed) == (1, 1)
    assert (Entry.objects.using("owner").latest("pk").after or {})["renamed"] == 1
    done = load_divisions(write(tmp_path, SMALL.replace("白文村", "白文社区")), edition=second)
    assert (done.renamed, FormerName.objects.count()) == (0, 2)


def test_a_name_corrected_within_an_edition_was_never_one(database, tmp_path):
    renamed(tmp_path, "白文村", "白文新村")
    again = dt.date(2024, 6, 30)
    load_divisions(write(tmp_path, SMALL.replace("白文村", "白文社区")), edition=again)
    kept = FormerName.objects.values_list("name", "valid_to")
    assert list(kept) == [("白文村", again)]
    load_divisions(write(tmp_path, SMALL), edition=again)
    assert list(kept.all()) == []


def test_the_name_of_a_village_that_had_ended_ends_with_it(database, tmp_path):
    line = "141124104201,白文村,village,141124104000,村委会\n"
    load_divisions(write(tmp_path, SMALL), edition=EDITION)
    ended = dt.date(2024, 6, 30)
    load_divisions(write(tmp_path, SMALL.replace(line, "")), edition=ended)
    back = SMALL.replace("白文村", "白文新村")
    load_divisions(write(tmp_path, back), edition=dt.date(2026, 6, 30))
    assert list(FormerName.objects.values_list("name", "valid_to")) == [("白文村", ended)]


def test_former_names_follow_a_renumbered_township(database, tmp_path):
    renamed(tmp_path, "白文村", "白文新村")
    new = "141124110000,白文镇,township,141124000000,镇\n"
    file = write(tmp_path, SMALL.replace("白文村", "白文新村") + new)
    load_divisions(file, edition=dt.date(2025, 6, 30))
    recode("141124104000", "141124110000", on=dt.date(2025, 7, 1), reason="更码")
    [name] = Place.objects.get(code="141124110201").former_names.all()
    assert name.name == "白文村"


def test_a_village_under_a_new_code_and_a_new_name_keeps_the_old_one(database, tmp_path):
    new = "141124104210,白文新村,village,141124104000,村委会\n"
    load_divisions(write(tmp_path, SMALL + new), edition=EDITION)
    on = dt.date(2024, 1, 1)
    with pytest.raises(BadRecode, match="new name"):
        recode("141124104201", "141124104210", on=EDITION, reason="x", renamed=True)
    recode("141124104201", "141124104210", on=on, reason="民发〔2024〕1号", renamed=True)
    [name] = FormerName.objects.all()
    assert (name.place_id, name.name) == ("141124104210", "白文村")
    assert (name.valid_from, name.valid_to) == (EDITION, on)


def test_a_merged_villages_name_is_not_a_former_name_of_the_other(database, tmp_path):
    load_divisions(write(tmp_path, SMALL), edition=EDITION)
    recode("141124104202", "141124104201", on=dt.date(2024, 1, 1), reason="并村")
    assert not FormerName.objects.exists()
