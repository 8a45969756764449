"""The doctor reads what recognition goes by."""

from yimaqing.config.doctor import files
from yimaqing.config.doctor.findings import State
from yimaqing.domains.recognition.loading import OWN, SHIPPED


def test_a_countys_own_file_that_cannot_be_read_is_named(settings, tmp_path):
    settings.HOME = tmp_path
    assert files.procedures().state == State.OK
    own, shipped = tmp_path / OWN, SHIPPED.read_text(encoding="utf-8")
    own.write_bytes(shipped.encode("gb18030"))
    assert (files.procedures().state, "UTF-8" in files.procedures().message) == (State.FAIL, True)
    own.write_text(shipped.replace("[chain]", "[chains]"), encoding="utf-8")
    assert "[chain]：缺少这一节" in files.procedures().message
    own.write_text(shipped.replace("2021.1", "2026.8"), encoding="utf-8-sig")
    assert "national-2021@2026.8" in files.procedures().message
