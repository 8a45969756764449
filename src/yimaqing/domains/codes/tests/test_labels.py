"""A township prints its codes: which, in which order, what stands on them, after a kill too."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pypdfium2
import pytest
from click.testing import CliRunner
from django.conf import settings as active
from django.db import connections

from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.codes.actions import BadStart, ask_for_labels, issue_subtree, reissue
from yimaqing.domains.codes.addresses import AddressNotPrintable
from yimaqing.domains.codes.factories import make_code
from yimaqing.domains.codes.labels.choosing import Asked, Only, Place
from yimaqing.domains.codes.labels.commands import labels as command
from yimaqing.domains.codes.labels.printing import part_path, print_run
from yimaqing.domains.codes.models import LabelPrint, LabelRun, RunState
from yimaqing.domains.codes.tasks import print_labels, tidy
from yimaqing.domains.codes.tokens import printed_number
from yimaqing.domains.registry.factories import make_household
from yimaqing.domains.registry.tests.card_village import NEXT_VILLAGE, TOWNSHIP, VILLAGE, build
from yimaqing.kit.crypto import keyring
from yimaqing.kit.files import open_stored
from yimaqing.kit.rowscope import scoped

HERE = Place(VILLAGE, 5)


@pytest.fixture
def village(database, settings):
    settings.PUBLIC_URL = "https://ym.luliang.gov.cn"
    return build()


def asked_for(place=HERE, layout="24", by=None, **asked):
    actor = "" if by else "system:test"
    return ask_for_labels(
        place=place, layout=layout, asked=Asked(**asked), by=by, actor=actor, using="owner"
    )


def printed(place=HERE, layout="24", **asked):
    return print_run(asked_for(place, layout, **asked).pk, using="owner")


def content(run, part=1):
    with open_stored(part_path(run.pk, part), keyring(active.DATA_KEYS)) as sealed:
        return sealed.read()


def text_of(pdf):
    """The text layer, without spaces."""
    said = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
    return "".join(said.split())


def pixels(pdf, dpi=72):
    return pypdfium2.PdfDocument(pdf)[0].render(scale=dpi / 72, grayscale=True).to_numpy()


def order_of(run):
    prints = LabelPrint.objects.using("owner").filter(run=run).order_by("number")
    return list(prints.values_list("code_id", flat=True))


def test_a_label_shows_places_a_surname_and_a_number_and_nothing_else(village):
    run = printed()
    assert (run.state, run.labels, run.sheets) == (RunState.READY, 2, 1)
    said = text_of(content(run))
    number = printed_number(village.poor_code.pk)
    for wanted in ("王家", "张家", "临县", "白文镇", "白文村", number):
        assert wanted in said
    for hidden in ("秀英", "大山", "建国", "李干部", "0358", VILLAGE, "建档", "演示"):
        assert hidden not in said


def test_poor_and_ordinary_households_look_the_same(village):
    other = make_household(
        place_code=VILLAGE,
        head_name="王大力",
        register_class="ordinary",
        poverty_status="",
        main_cause="",
        group="",
    )
    code = make_code("household", VILLAGE, other.pk)
    sheets = [
        pixels(content(printed(layout="card", codes=(one,))))
        for one in (village.poor_code.pk, code.pk)
    ]
    differing = np.argwhere(sheets[0] != sheets[1])
    height, width = sheets[0].shape
    symbol = width * (2.5 + 47) / 85.6
    beside = differing[differing[:, 1] > symbol]
    assert len(differing) > len(beside) > 0  # the symbol, and its number
    # Beside the symbol only one line differs: the printed number.
    assert np.ptp(beside[:, 0]) < height * 0.08


def test_a_demonstration_says_so_on_every_label(village, settings):
    settings.DEMO = True
    assert text_of(content(printed())).count("演示数据") == 2


def test_on_the_way_from_door_to_door(village):
    doors = [("十组", "1号"), ("2组", "12号"), ("2组", "9号"), ("一组", "村西头"), ("", "")]
    made = {}
    for team, address in doors:
        held = make_household(place_code=NEXT_VILLAGE, team=team, address=address)
        made[make_code("household", NEXT_VILLAGE, held.pk).pk] = (team, address)
    run = printed(Place(NEXT_VILLAGE, 5))
    assert [made[code] for code in order_of(run)] == [
        ("一组", "村西头"), ("2组", "9号"), ("2组", "12号"), ("十组", "1号"), ("", ""),
    ]  # fmt: skip
    assert order_of(printed(Place(NEXT_VILLAGE, 5), order="number")) == sorted(made)


def test_new_reissued_and_what_was_not_yet_printed(village):
    poor, other = village.poor_code, village.other_code
    first = printed(only=Only.NEW)
    assert set(order_of(first)) == {poor.pk, other.pk}
    assert printed(only=Only.UNPRINTED).state == RunState.EMPTY
    renewed = reissue(code=other, reason="雨水冲坏了", by=None, actor="system:test", using="owner")
    late = make_household(place_code=VILLAGE, head_name="郝三")
    new = make_code("household", VILLAGE, late.pk)
    assert order_of(printed(only=Only.REISSUED)) == [renewed.pk]
    assert order_of(printed(only=Only.NEW)) == [new.pk]
    # Printed twice on purpose: all that lead somewhere, or a given one.
    assert set(order_of(printed())) == {poor.pk, renewed.pk, new.pk}
    assert order_of(printed(codes=(poor.pk, other.pk))) == [poor.pk]


def test_a_half_used_sheet_is_gone_on_with(village):
    page = pixels(content(printed(start=24)))
    height, width = page.shape
    row, column = height // 8, width // 3
    first, last = page[: row - 6, : column - 6], page[7 * row + 6 :, 2 * column + 6 :]
    assert (first[6:, 6:] < 128).sum() == 0
    assert (last < 128).sum() > 1000
    assert printed(start=24).sheets == 2
    with pytest.raises(BadStart, match="24"):
        asked_for(start=25)


def test_codes_of_villages_and_of_the_county_are_printed_too(village):
    issue_subtree(place_code=TOWNSHIP, level=4, by=None, actor="system:test", using="owner")
    run = printed(Place(TOWNSHIP, 4), kind="village")
    assert run.labels == 2
    assert "曜头村" in text_of(content(run))
    assert "家" not in text_of(content(run))


def test_a_wall_calendar_bears_the_countys_name_and_its_offices(village):
    said = text_of(content(printed(layout="calendar-a4", year=2026, codes=(village.poor_code.pk,))))
    for wanted in ("临县", "2026年", "12月", "王家", "0358-4420001", "便民中心", "休", "班"):
        assert wanted in said
    assert "秀英" not in said
    later = text_of(content(printed(layout="calendar-a3", year=2090)))
    assert "2090年" in later
    assert "班" not in later


def test_a_character_that_no_font_has_is_said_and_never_left_as_a_box(village):
    rare = make_household(place_code=VILLAGE, head_name="\U0003fffd大山")
    code = make_code("household", VILLAGE, rare.pk)
    run = printed()
    assert LabelRun.objects.using("owner").get(pk=run.pk).missing == {
        "\U0003fffd": [printed_number(code.pk)]
    }
    assert "〓家" in text_of(content(run))


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:8000", "http://localhost", "http://192.168.1.20", "http://码.local"],
)
def test_an_address_that_no_phone_reaches_is_not_printed(village, settings, address):
    settings.PUBLIC_URL = address
    with pytest.raises(AddressNotPrintable):
        asked_for()
    answer = CliRunner().invoke(command, [VILLAGE, "--out", "x.pdf"])
    assert answer.exit_code == 2
    assert "YIMAQING_PUBLIC_URL" in answer.output
    settings.DEMO = True
    assert printed().state == RunState.READY


def test_a_job_draws_within_what_its_user_may_print(village):
    officer = village.users["county"]
    run = asked_for(by=officer)
    assert print_labels(run.pk) == RunState.READY
    assert len(order_of(run)) == 2
    acts = Entry.objects.using("owner").filter(subject_kind="label_run").order_by("pk")
    assert [(e.action, e.user_id) for e in acts] == [
        ("codes.labels_asked", officer.pk),
        ("codes.labels_printed", officer.pk),
    ]
    # Somebody who may not print any more (or never might) gets no household.
    run = asked_for(by=village.users["worker"])
    assert print_labels(run.pk) == RunState.EMPTY


def test_runs_are_seen_where_they_belong(village):
    run = printed()
    with scoped(scope_of(village.users["county"])):
        assert LabelRun.objects.filter(pk=run.pk).exists()
        assert LabelPrint.objects.filter(run_id=run.pk).count() == 2
    with scoped(scope_of(village.users["neighbour"])):
        assert not LabelRun.objects.filter(pk=run.pk).exists()
        assert not LabelPrint.objects.filter(run_id=run.pk).exists()


def test_sheets_are_forgotten_after_a_month_and_what_was_printed_is_not(village):
    run = printed()
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE codes_labelrun SET finished_at = now() - interval '31 days'")
    tidy(0)
    assert not part_path(run.pk, 1).exists()
    assert LabelRun.objects.using("owner").get(pk=run.pk).state == RunState.REMOVED
    assert printed(only=Only.UNPRINTED).state == RunState.EMPTY


def test_the_command_writes_a_file_and_says_what_it_holds(village, tmp_path):
    out = tmp_path / "标签.pdf"
    answer = CliRunner().invoke(command, [VILLAGE, "--only", "new", "--out", str(out), "--json"])
    assert answer.exit_code == 0, answer.output
    said = json.loads(answer.output)
    assert (said["labels"], said["sheets"], said["files"]) == (2, 1, [str(out)])
    assert "王家" in text_of(out.read_bytes())
    again = CliRunner().invoke(command, [VILLAGE, "--only", "new", "--out", str(out), "--json"])
    assert json.loads(again.output)["files"] == []


MANY = """
WITH made AS (
  INSERT INTO registry_household (place_code, household_number, register_class, head_name,
    head_pinyin, member_count, other_causes, valid, team, address, source, bank_name, attribute,
    standard, main_cause, return_cause, "group", poverty_status)
  SELECT %s, '88' || lpad(i::text, 12, '0'), 'ordinary', '王' || i, 'wang', 1, '{}', true,
         (i %% 7) || '组', i || '号', '', '', '', '', '', '', '', ''
    FROM generate_series(1, 900) i RETURNING 1)
SELECT count(*) FROM made
"""


def test_killed_while_it_draws_it_goes_on_and_prints_no_label_twice(village, database, tmp_path):
    with connections["owner"].cursor() as cursor:
        cursor.execute(MANY, [NEXT_VILLAGE])
    issue_subtree(place_code=NEXT_VILLAGE, level=5, by=None, actor="system:test", using="owner")
    out = tmp_path / "all.pdf"
    line = [sys.executable, "-c", "from yimaqing.config.cli import main; main()"]
    line += [
        "labels",
        NEXT_VILLAGE,
        "--layout",
        "card",
        "--only",
        "new",
        "--out",
        str(out),
        "--json",
    ]
    environment = database.environment | {"YIMAQING_PUBLIC_URL": "https://ym.luliang.gov.cn"}
    killed = subprocess.Popen(line, env=environment, start_new_session=True)
    deadline = time.monotonic() + 120
    while not list((database.home / "files").glob("labels/*/001.pdf")):
        assert time.monotonic() < deadline
        assert killed.poll() is None
        time.sleep(0.01)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    assert not out.exists()
    left = LabelRun.objects.using("owner").get()
    assert left.state == RunState.DRAWING
    first = part_path(left.pk, 1).read_bytes()
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    assert (said["run"], said["labels"], said["sheets"]) == (left.pk, 900, 900)
    assert part_path(left.pk, 1).read_bytes() == first
    files = [tmp_path / f"all-{part:02d}.pdf" for part in range(1, 5)]
    assert said["files"] == [str(file) for file in files]
    whole = "".join(text_of(file.read_bytes()) for file in files)
    assert all(whole.count(printed_number(code)) == 1 for code in order_of(left))
    assert Entry.objects.using("owner").filter(action="codes.labels_printed").count() == 1
