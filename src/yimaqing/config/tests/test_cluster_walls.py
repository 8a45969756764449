"""Who may do what in the embedded server."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import psycopg
import pytest
from psycopg import errors

from yimaqing.config.cluster import ClusterError, binaries, configuration, environment, roles
from yimaqing.config.cluster.account import system_account
from yimaqing.config.cluster.configuration import Machine, sized
from yimaqing.config.tests.clusters import throw_away

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root gets another account")


@pytest.fixture(scope="module")
def cluster():
    with throw_away() as made:
        made.start()
        with psycopg.connect(made.urls()["YIMAQING_OWNER_DATABASE_URL"]) as owner:
            owner.execute("CREATE TABLE fact (n int); INSERT INTO fact VALUES (1)")
            owner.execute("ALTER TABLE fact ENABLE ROW LEVEL SECURITY")
            owner.execute("GRANT SELECT ON fact TO yimaqing_app")
        yield made


@pytest.fixture
def application(cluster):
    with psycopg.connect(cluster.urls()["YIMAQING_DATABASE_URL"], autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM pg_authid",
        "ALTER TABLE fact DISABLE ROW LEVEL SECURITY",
        "DROP TABLE fact",
        "CREATE TABLE mine (n int)",
        "SET ROLE yimaqing_owner",
        "SET ROLE postgres",
        "ALTER ROLE yimaqing_app BYPASSRLS",
        "ALTER ROLE yimaqing_owner PASSWORD 'x'",
        "CREATE ROLE mine",
        "COPY fact TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/passwd')",
        "CREATE TEMPORARY TABLE mine (n int)",
    ],
)
def test_the_application_role_may_not(application, statement):
    with pytest.raises(errors.InsufficientPrivilege):
        application.execute(statement)


def test_the_application_role_sees_no_row_without_a_policy(application):
    assert application.execute("SELECT count(*) FROM fact").fetchone() == (0,)


def test_row_security_off_is_an_error_not_a_door(application):
    application.execute("SET row_security = off")
    with pytest.raises(errors.InsufficientPrivilege):
        application.execute("SELECT * FROM fact")


@pytest.mark.parametrize("user", ["postgres", "yimaqing_owner"])
@pytest.mark.parametrize("password", [None, "", "postgres", "application's"])
def test_nobody_else_gets_in_without_the_password(cluster, user, password):
    if password == "application's":
        password = cluster.urls()["YIMAQING_DATABASE_URL"].split(":")[2].split("@")[0]
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host=str(cluster.socket), user=user, password=password, dbname="yimaqing")


@pytest.mark.parametrize("database", ["postgres", "template1"])
def test_both_roles_are_kept_to_the_one_database(cluster, database):
    for url in cluster.urls().values():
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(url, dbname=database)


def test_neither_role_is_a_superuser_or_passes_policies(cluster):
    said = cluster.superuser(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
        " WHERE rolname LIKE 'yimaqing%' ORDER BY 1"
    )
    assert said.split() == ["yimaqing_app|f|f|f|f", "yimaqing_owner|f|f|f|f"]


def test_no_network_port_is_open(cluster):
    assert cluster.superuser("SHOW listen_addresses").strip() == ""


def test_nothing_is_trusted():
    methods = {line.split()[3] for line in configuration.ACCESS.splitlines() if line[0] != "#"}
    assert methods == {"peer", "scram-sha-256"}


def test_the_env_file_is_private(cluster):
    assert stat.S_IMODE((cluster.home / environment.FILE).stat().st_mode) == 0o600


def test_the_database_is_utf8_with_checksums_and_byte_order(cluster):
    said = cluster.superuser(
        "SELECT pg_encoding_to_char(encoding), datlocprovider, datlocale FROM pg_database"
        " WHERE datname = 'yimaqing'; SHOW data_checksums; SELECT 'b' < 'ä', upper('ä');"
    )
    assert said.split() == ["UTF8|b|C.UTF-8", "on", "t|Ä"]


@AS_ROOT
def test_root_s_server_runs_as_somebody_who_can_do_little(cluster):
    pid = cluster.status().pid
    assert Path(f"/proc/{pid}").stat().st_uid == cluster.account.uid != 0
    groups = Path(f"/proc/{pid}/status").read_text().split("Groups:")[1].split("\n")[0]
    assert groups.split() == []


@AS_ROOT
def test_a_private_home_is_not_opened_for_the_server():
    with throw_away(mode=0o700) as cluster:
        cluster.start()
        assert cluster.status().accepting
        assert stat.S_IMODE(cluster.home.stat().st_mode) == 0o700
        assert cluster.data.is_symlink()
        cluster.stop()
        cluster.start()
        assert cluster.status().accepting


@AS_ROOT
def test_an_unprivileged_stranger_cannot_stop_it(cluster):
    nobody = 65534
    told = subprocess.run(
        ["/bin/sh", "-c", f"kill {cluster.status().pid}"],
        user=nobody,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert "not permitted" in told.stderr.lower()
    assert cluster.status().accepting


def test_a_deep_home_gets_a_short_socket():
    with throw_away() as cluster:
        deep = cluster.home / ("d" * 60) / ("e" * 60)
        deep.mkdir(parents=True)
        below = type(cluster)(deep, settings=cluster.settings)
        try:
            below.start()
            assert len(str(below.socket)) < 60
            assert below.status().accepting
        finally:
            below.stop()
            below.socket.rmdir()


def test_an_address_of_another_server_is_not_overwritten():
    with throw_away() as cluster:
        theirs = "postgresql://app:x@db.example.cn:5432/yimaqing"
        environment.write(cluster.home, {"YIMAQING_DATABASE_URL": theirs})
        with pytest.raises(ClusterError, match="another server"):
            cluster.start()
        assert environment.read(cluster.home)["YIMAQING_DATABASE_URL"] == theirs


def test_the_env_file_keeps_other_lines(tmp_path):
    (tmp_path / environment.FILE).write_text("# note\nYIMAQING_DEMO=1\nA=1\n")
    environment.write(tmp_path, {"A": "2", "B": "3"})
    assert (tmp_path / environment.FILE).read_text() == "# note\nYIMAQING_DEMO=1\nA=2\nB=3\n"


@pytest.mark.parametrize(
    ("memory_gib", "shared", "work"), [(1, "170MB", "4MB"), (24, "4096MB", "64MB")]
)
def test_memory_is_sized_to_the_machine(memory_gib, shared, work):
    values = sized(Machine(memory_gib * 1024, 2))
    assert (values["shared_buffers"], values["work_mem"]) == (shared, work)


def test_moved_addresses_keep_their_passwords():
    first = roles.fresh_addresses(Path("/run/a"), 5432)
    second = roles.moved(first, Path("/run/b c"), 5433)
    known = roles.known(second)
    assert known == second
    assert roles.port_of(second) == 5433
    for setting, url in first.items():
        assert url.split("@")[0] == second[setting].split("@")[0]


@AS_ROOT
def test_programs_under_a_private_folder_are_copied_to_where_the_server_reaches_them(
    tmp_path, monkeypatch
):
    site = binaries._site_packages()
    hidden = tmp_path / "root" / "site-packages"
    for part in ("pginstall18/bin", "pginstall18/lib", "pginstall18/share"):
        shutil.copytree(site / binaries.PACKAGE / part, hidden / binaries.PACKAGE / part)
    shutil.copytree(site / f"{binaries.PACKAGE}.libs", hidden / f"{binaries.PACKAGE}.libs")
    hidden.parent.chmod(0o700)
    monkeypatch.setattr(binaries, "_site_packages", lambda: hidden)
    with throw_away() as cluster:
        monkeypatch.setattr(binaries, "SHARED", cluster.home / "shared")
        account = system_account()
        assert not account.can_run(hidden / binaries.PACKAGE / "pginstall18/bin/postgres")
        cluster.start()
        assert cluster.programs.is_relative_to(cluster.home / "shared")
        assert cluster.programs.stat().st_uid == 0
        assert binaries.programs(account) == cluster.programs  # once, not at every start
        cluster.stop()
