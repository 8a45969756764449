"""The tree's owner builds into it once; the services' account needs to write nothing there."""

import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from yimaqing.config import catalogues, installation
from yimaqing.config.cluster.roles import OWNER
from yimaqing.config.doctor import files

ROOT = Path(__file__).resolve().parents[4]


def test_set_up_leaves_the_tree_alone_and_says_who_compiles(tmp_path, monkeypatch):
    source = tmp_path / "ui/locale/en/LC_MESSAGES/django.po"
    source.parent.mkdir(parents=True)
    shutil.copy(ROOT / "src/yimaqing/ui/locale/en/LC_MESSAGES/django.po", source)
    monkeypatch.setattr(catalogues, "SOURCE", tmp_path)
    said = next(installation.bring_up_to_date())  # its first step; no later one writes here
    assert "make setup" in said
    assert [path.name for path in source.parent.iterdir()] == ["django.po"]
    catalogues.build([source])
    assert "make setup" not in next(installation.bring_up_to_date())
    assert sorted(path.name for path in source.parent.iterdir()) == ["django.mo", "django.po"]


def test_set_up_says_whether_it_made_the_schema_or_found_it(database):
    assert "最新" in installation.schema()
    with psycopg.connect(database.url(OWNER), autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    said = installation.schema()
    assert "新建 created" in said
    assert "最新" not in said
    assert "最新" in installation.schema()


@pytest.mark.parametrize("kept", ["FILES", "LAKE"])
def test_what_is_kept_is_private_from_the_start_and_after_an_older_version(database, kept):
    folder = Path(getattr(settings, kept))
    installation.keep_files_private()
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.chmod(0o755)
    assert str(folder) in files.data_directory().message
    installation.keep_files_private()
    assert str(folder) not in files.data_directory().message


def test_make_setup_compiles_every_catalogue():
    shown = subprocess.run(
        ["make", "--dry-run", "--always-make", "setup"],  # noqa: S607 - as the README says it
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    compiled = [line.split()[-1] for line in shown.splitlines() if "config.catalogues" in line]
    assert sorted(ROOT / name for name in compiled) == catalogues.catalogues()
