"""The pages of the review: what is shown to whom, and what a decision does."""

import datetime as dt
import json
import re
from html import unescape
from itertools import combinations

import pytest
from click.testing import CliRunner
from django.test import Client

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.registry.duplicates.commands import duplicates
from yimaqing.domains.registry.duplicates.finding import find
from yimaqing.domains.registry.factories import add_person, make_household
from yimaqing.domains.registry.models import Duplicate, Merge, Person

HERE, NEXT = "141124104201", "141124104202"
BORN = dt.date(1968, 3, 5)


@pytest.fixture
def pair(database):
    """A daughter who is registered with her parents and with her husband."""
    at_home = make_household(place_code=HERE, head_name="王秀英")
    married = make_household(place_code=NEXT, head_name="李建国")
    one = add_person(at_home, name="王晓红", sex="female", relation="daughter", born_on=BORN)
    add_person(
        married,
        name="王小红",
        sex="female",
        relation="spouse",
        born_on=BORN,
        id_number="X1",
        education="junior",
    )
    find()
    assert one.pk
    return Duplicate.objects.using("owner").get()


def signed_in(role, place):
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(make_user(role, place))
    return client


def test_the_list_and_the_pair_show_names_masked_but_where_they_differ(pair):
    officer = signed_in("township_officer", "141124104000")
    listed = unescape(officer.get("/households/duplicates/").content.decode())
    assert "王晓*" in listed
    assert "姓名同音" in listed
    page = unescape(officer.get(f"/households/duplicates/{pair.pk}/").content.decode())
    assert "王小*" in page
    assert "王晓红" not in page + listed
    assert "1968年3月5日" in page
    assert re.search(r">\s*\d{4}\*{12}\d[\dX]", page), "numbers are compared masked"
    opened = Entry.objects.using("owner").filter(action="registry.file_opened", purpose="核对重复")
    assert set(opened.values_list("household_id", flat=True)) == {
        pair.household_id,
        pair.other_household_id,
    }


def test_who_sees_one_of_both_finds_no_page_and_is_told_on_the_file(pair):
    village = signed_in("village_worker", HERE)
    assert village.get("/households/duplicates/").status_code == 403
    elsewhere = signed_in("township_officer", "141181101000")
    assert elsewhere.get(f"/households/duplicates/{pair.pk}/").status_code == 404
    page = village.get(f"/households/{pair.household_id}/").content.decode()
    assert "由上级核对" in page
    assert "王小" not in page


def test_no_pair_is_lost_between_two_pages(database):
    """Many pairs are as likely as each other; of some a record went with the batch that made it."""
    home = make_household(place_code=HERE, head_name="王秀英")
    everybody = [add_person(home, name=f"王小{n}").pk for n in range(12)]
    both = {"place_code": HERE, "household_id": home.pk}
    both |= {"other_place": HERE, "other_household_id": home.pk}
    Duplicate.objects.using("owner").bulk_create(
        Duplicate(kind="person", left_id=a, right_id=b, score=0.98765432109, **both)
        for a, b in combinations(everybody, 2)
    )
    Person.objects.using("owner").filter(pk=everybody[0]).delete()
    officer, seen, here = signed_in("township_officer", "141124104000"), [], "?state=open"
    while here:
        page = officer.get(f"/households/duplicates/{here}").content.decode()
        seen += re.findall(r'href="/households/duplicates/(\d+)/"', page)
        onward = re.search(r'href="(\?state=open&amp;after=[^"]+)"', page)
        here = unescape(onward[1]) if onward else ""
    assert len(seen) == len(set(seen)) == 55
    listed = CliRunner().invoke(duplicates, ["list", "--json"])
    assert len(json.loads(listed.output)) == 55


def test_the_file_of_each_leads_an_officer_to_the_pair(pair):
    officer = signed_in("township_officer", "141124104000")
    page = officer.get(f"/households/{pair.household_id}/").content.decode()
    assert f"/households/duplicates/{pair.pk}/" in page


def test_an_officer_merges_takes_what_he_chose_and_undoes_it(pair):
    officer = signed_in("township_officer", "141124104000")
    form = {"decision": "same", "keep": "right", "pick_name": "left", "note": "户口簿"}
    assert officer.post(f"/households/duplicates/{pair.pk}/decide/", form).status_code == 302
    kept = Person.objects.using("owner").get(pk=pair.right_id)
    assert (kept.name, kept.education, kept.relation) == ("王晓红", "junior", "spouse")
    made = Merge.objects.using("owner").get()
    page = officer.get(f"/households/{pair.other_household_id}/").content.decode()
    assert f"/households/merges/{made.pk}/undo/" in page
    officer.post(f"/households/merges/{made.pk}/undo/", {"reason": "两个人"})
    assert Person.objects.using("owner").get(pk=pair.right_id).name == "王小红"


def test_without_saying_which_stays_nothing_is_merged(pair):
    officer = signed_in("township_officer", "141124104000")
    answer = officer.post(f"/households/duplicates/{pair.pk}/decide/", {"decision": "same"})
    assert answer.status_code == 422
    assert "请选择保留哪一份" in answer.content.decode()
    assert not Merge.objects.using("owner").exists()


def test_the_command_line_finds_lists_merges_and_takes_back(pair):
    run = CliRunner().invoke
    assert json.loads(run(duplicates, ["find", "1411", "--json"]).output)["again"] == 1
    [line] = json.loads(run(duplicates, ["list", "--json"]).output)
    assert (line["number"], line["kind"]) == (pair.pk, "person")
    assert "王晓红" not in str(line)
    merged = run(
        duplicates, ["merge", str(pair.pk), "--keep", "left", "--reason", "户口簿", "--json"]
    )
    number = json.loads(merged.output)["merge"]
    assert (
        run(duplicates, ["merge", str(pair.pk), "--keep", "left", "--reason", "x"]).exit_code == 1
    )
    assert json.loads(
        run(duplicates, ["unmerge", str(number), "--reason", "x", "--json"]).output
    ) == {"left": 0}
    assert run(duplicates, ["unmerge", str(number), "--reason", "x"]).exit_code == 1
