"""The lists to drop in fit their declarations, and are the same for the same register."""

import pytest

from demo.departments import write_lists
from demo.generate import generate
from demo.tests.conftest import AS_OF
from yimaqing.domains.registry.departments.declared import LISTS
from yimaqing.domains.registry.departments.rules import rhythms


@pytest.fixture(scope="module")
def register(tmp_path_factory):
    folder = tmp_path_factory.mktemp("register")
    generate(folder, scale="200", as_of=AS_OF)
    return folder


def test_every_list_has_its_sheet_and_rolls_an_earlier_one(register, tmp_path):
    written = write_lists(register, tmp_path / "a")
    again = write_lists(register, tmp_path / "b")
    assert [p.read_bytes() for p in written] == [p.read_bytes() for p in again]
    rolls = {f"{n}-earlier" for n, rhythm in rhythms().items() if rhythm.trigger.once == "new"}
    assert {path.stem for path in written} == {one.name for one in LISTS} | rolls
    assert len(rolls) == 4
