"""Fixtures for every test: a throw-away PostgreSQL, and a fresh database for each test.

``database`` gives a test real commits, both roles and row-level security; nothing is
rolled back behind its back. A test that does not ask for it cannot reach a database.
"""

from __future__ import annotations

import base64
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

ROOM = 4 * 1024**3  # bytes that a whole session may take, with a server's log of transactions


def _roomy() -> str:
    """The temporary folder, unless it is a small one in memory and there is a larger one."""
    folders = [tempfile.gettempdir(), *filter(os.path.isdir, ["/var/tmp"])]  # noqa: S108 - mkdtemp
    enough = (folder for folder in folders if shutil.disk_usage(folder).free >= ROOM)
    return next(enough, None) or max(folders, key=lambda folder: shutil.disk_usage(folder).free)


tempfile.tempdir = os.environ["TMPDIR"] = _roomy()  # for pytest's own folders and for children
# Settings read the environment once, so it is set before anything imports Django.
HOME = Path(tempfile.mkdtemp(prefix=f"yimaqing-test-{os.getpid()}-"))
HOME.chmod(0o711)  # the server's own account passes through
for name in [name for name in os.environ if name.startswith("YIMAQING_")]:
    del os.environ[name]
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "yimaqing.config.settings",
    "YIMAQING_HOME": str(HOME),
    "YIMAQING_SECRET_KEY": "tests only",
    "YIMAQING_DATA_KEY": "1:" + base64.b64encode(bytes(range(32))).decode(),
    "YIMAQING_DATABASE_URL": "postgresql://nobody@/ask_for_the_fixture_database?host=/nowhere",
    "YIMAQING_PUBLIC_URL": "http://testserver",
    "YIMAQING_HOSTS": "testserver,127.0.0.1,localhost",
}

import django  # noqa: E402 - see above
import psycopg  # noqa: E402
import pytest  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from yimaqing.config.catalogues import build_translations  # noqa: E402
from yimaqing.config.cluster import Cluster  # noqa: E402
from yimaqing.config.cluster.roles import APPLICATION, DATABASE, OWNER  # noqa: E402

FAST = {  # a test's data need not survive a power cut
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "autovacuum": "off",
    "file_copy_method": "clone",
}
TEST_ROLE = "yimaqing_test"
STRATEGY = "FILE_COPY"  # without fsync its two checkpoints cost less than logging every page

# Pages are tested without collectstatic, which would have to run before every session.
settings.STORAGES = settings.STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
Path(settings.STATIC_ROOT).mkdir()
django.setup()
setup_test_environment()
build_translations()


@dataclass(frozen=True)
class Databases:
    """The session's server: ``template`` is migrated, ``admin`` makes and drops clones."""

    cluster: Cluster
    admin: psycopg.Connection[tuple[object, ...]]
    template: str = DATABASE


@dataclass(frozen=True)
class TestDatabase:
    """One test's database; both Django aliases point to it."""

    __test__ = False
    name: str
    cluster: Cluster
    home: Path

    def url(self, role: str = APPLICATION) -> str:
        """A libpq address, for psycopg or a child process."""
        alias = settings.DATABASES["owner" if role == OWNER else "default"]
        return (
            f"postgresql://{role}:{alias['PASSWORD']}@/{self.name}"
            f"?host={quote(str(alias['HOST']))}&port={alias['PORT']}"
        )

    @property
    def environment(self) -> dict[str, str]:
        """What a child process (a worker, a server) needs to work on this database."""
        return dict(os.environ) | {
            "YIMAQING_HOME": str(self.home),
            "YIMAQING_DATABASE_URL": self.url(),
            "YIMAQING_OWNER_DATABASE_URL": self.url(OWNER),
        }


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """A server of this session's own, with the migrated template database."""
    remove_leftovers()
    cluster = Cluster(HOME, settings=FAST)
    cluster.start()
    try:
        admin = _admin(cluster)
        with _aliases_at(cluster, DATABASE):
            call_command("migrate", database="owner", verbosity=0)
        admin.execute(f"ALTER DATABASE {DATABASE} CONNECTION LIMIT 0")
        yield Databases(cluster, admin)
        admin.close()
    finally:
        cluster.stop()


@pytest.fixture
def database(databases: Databases) -> Iterator[TestDatabase]:
    """An empty, migrated database with real commits; aliases ``default`` and ``owner``.

    Files kept beside the database (uploads, snapshots, the audit chain's end) are the
    test's own too: ``settings.HOME``, ``FILES`` and ``LAKE`` point into ``database.home``.
    """
    name = f"test_{os.getpid()}_{uuid.uuid4().hex[:12]}"
    admin = databases.admin
    home = HOME / name
    home.mkdir()
    admin.execute(
        f"CREATE DATABASE {name} TEMPLATE {databases.template} OWNER {OWNER} STRATEGY {STRATEGY}"
    )
    admin.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
    admin.execute(f"GRANT CONNECT ON DATABASE {name} TO {APPLICATION}")
    try:
        with _aliases_at(databases.cluster, name), _own_files(home):
            yield TestDatabase(name, databases.cluster, home)
    finally:
        shutil.rmtree(home)
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def client(database: TestDatabase) -> Client:
    """Django's test client, on a fresh database."""
    return Client()


class SettingsOfOneTest:
    """Assigning an attribute overrides that setting until the test ends."""

    def __init__(self, undo: ExitStack) -> None:
        self.__dict__["_undo"] = undo

    def __setattr__(self, name: str, value: object) -> None:
        self.__dict__["_undo"].enter_context(override_settings(**{name: value}))

    def __getattr__(self, name: str) -> object:
        return getattr(settings, name)


@pytest.fixture(name="settings")
def settings_of_one_test() -> Iterator[SettingsOfOneTest]:
    """``settings.DEMO = True`` for the rest of the test."""
    with ExitStack() as undo:
        yield SettingsOfOneTest(undo)


@pytest.fixture
def settings_override() -> type[override_settings]:
    """``with settings_override(DEMO=True): …``"""
    return override_settings


def _admin(cluster: Cluster) -> psycopg.Connection[tuple[object, ...]]:
    password = uuid.uuid4().hex
    cluster.superuser(
        f"CREATE ROLE {TEST_ROLE} LOGIN CREATEDB PASSWORD '{password}';"
        f"GRANT {OWNER}, {APPLICATION} TO {TEST_ROLE};"
        f"GRANT CONNECT ON DATABASE postgres TO {TEST_ROLE};"
    )
    return psycopg.connect(
        host=str(cluster.socket),
        port=cluster.port,
        user=TEST_ROLE,
        password=password,
        dbname="postgres",
        autocommit=True,
    )


@contextmanager
def _aliases_at(cluster: Cluster, name: str) -> Iterator[None]:
    """Point both aliases at a database; connections are closed before and after."""
    urls = cluster.urls()
    addresses = {
        "default": urls["YIMAQING_DATABASE_URL"],
        "owner": urls["YIMAQING_OWNER_DATABASE_URL"],
    }
    before = {alias: dict(connections[alias].settings_dict) for alias in addresses}
    _close()
    for alias, url in addresses.items():
        parts = psycopg.conninfo.conninfo_to_dict(url)
        connections[alias].settings_dict.update(
            NAME=name,
            USER=parts["user"],
            PASSWORD=parts["password"],
            HOST=parts["host"],
            PORT=str(parts["port"]),
        )
    try:
        yield
    finally:
        _close()
        for alias, values in before.items():
            connections[alias].settings_dict.update(values)


def _own_files(home: Path) -> override_settings:
    return override_settings(HOME=home, LAKE=home / "lake", FILES=home / "files")


def _close() -> None:
    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()


def remove_leftovers() -> None:
    """Servers of test sessions that were killed before they could clean up."""
    for folder in Path(tempfile.gettempdir()).glob("yimaqing-test-*"):
        pid = int(folder.name.split("-")[2])
        if not Path(f"/proc/{pid}").exists() and os.access(folder, os.W_OK):
            _remove(folder)


def _remove(home: Path) -> None:
    Cluster(home).stop()
    shutil.rmtree(home, ignore_errors=True)


def pytest_unconfigure() -> None:
    """The last thing a session does."""
    _remove(HOME)
