"""The chain's end outside the database."""

from yimaqing.domains.audit import head


def test_the_folder_of_the_kept_end_is_this_accounts_alone(tmp_path, settings):
    settings.HOME = tmp_path / "new/home"
    kept = head.Head(7, b"\x01")
    head.write(kept)
    assert head.read() == kept
    assert settings.HOME.stat().st_mode & 0o777 == 0o700
    assert settings.HOME.parent.stat().st_mode & 0o777 == 0o700
    assert (settings.HOME / head.FILE).stat().st_mode & 0o077 == 0
