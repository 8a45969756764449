"""Words that no code table knows are settled beside their column, and wrong columns once more."""

import re

from click.testing import CliRunner

from yimaqing.domains.intake.mapping.commands import mappings
from yimaqing.domains.intake.models import Mapping
from yimaqing.domains.intake.tasks import run_batch
from yimaqing.domains.intake.tests.test_mapping import chosen, logged_in, newest, upload
from yimaqing.domains.registry.models import Person
from yimaqing.domains.registry.tests.sheets import HOUSEHOLD, NUMBER, WANG, make_places, send

ROLL = (
    f"户号,姓名,身份证号,与户主关系,性别,身体状况,工种编码\n{NUMBER},王秀英,{WANG},户主,女,腿疼,\n"
).encode()


def test_a_word_is_settled_saved_and_read_so_from_then_on(database):
    make_places()
    send("households", HOUSEHOLD)
    client = logged_in()
    upload(client, ("名册.csv", ROLL), mode="check")
    assert run_batch(newest().pk) == "columns"
    page = client.get(f"/imports/{newest().pk}/columns/").content.decode()
    [word] = re.findall(r'name="(word-5-\d+)"', page)
    assert "腿疼 →" in page
    form = chosen(page) | {word: "长期慢性病", "save_as": "名册"}
    client.post(f"/imports/{newest().pk}/columns/", form)
    assert run_batch(newest().pk) == "checked"
    assert newest().rejected == 0

    client.post(f"/imports/{newest().pk}/columns/again/")
    again = newest()
    assert run_batch(again.pk) == "columns", "known as the layout is, it is asked about"
    page = client.get(f"/imports/{again.pk}/columns/").content.decode()
    assert re.search(rf'name="{word}".*?<option selected>长期慢性病', page)
    client.post(f"/imports/{again.pk}/columns/", chosen(page) | {word: "残疾", "save_as": "名册"})
    assert run_batch(again.pk) == "checked"
    client.post(f"/imports/{again.pk}/apply/")
    assert run_batch(again.pk) == "applied"
    assert Person.objects.using("owner").get().health == "disabled"

    upload(client, ("又一份.csv", ROLL), mode="check")
    assert run_batch(newest().pk) == "checked"
    assert newest().unchanged == 1
    done = CliRunner().invoke(mappings, ["--forget", "名册"])
    assert done.exit_code == 0, done.output
    assert not Mapping.objects.using("owner").exists()
    assert CliRunner().invoke(mappings, ["--forget", "名册"]).exit_code == 1
