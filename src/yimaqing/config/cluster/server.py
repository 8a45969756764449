"""One embedded server: made, started, asked, stopped."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from psycopg import pq

from yimaqing.config.cluster import binaries, configuration, environment, folders, roles
from yimaqing.config.cluster.account import Account, account_for
from yimaqing.config.cluster.errors import ClusterError
from yimaqing.config.cluster.foreground import forward_stop, tell_systemd
from yimaqing.config.cluster.processes import POLL_SECONDS, clear_remains, postmaster, send

RECOVERY_SECONDS = 3600.0  # replaying 16 GiB of log after a crash on a slow disk
LOST_SOCKET_SECONDS = 20.0
STOP_SECONDS = 60.0
ORPHAN_SECONDS = 20.0
LAST_LINES = 15


@dataclass(frozen=True)
class Status:
    """What there is to know about the server from outside; sizes in bytes."""

    initialised: bool
    running: bool
    accepting: bool
    pid: int | None
    data: str
    socket: str
    port: int
    account: str


@dataclass
class Cluster:
    """The embedded server of the installation at ``home``.

    ``settings`` overrides postgresql.conf (tests switch fsync off). Every method raises
    ClusterError with what to do next; ``say`` is told what takes long.
    """

    home: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    say: Callable[[str], None] = lambda _: None

    def __post_init__(self) -> None:
        self.home = self.home.resolve()

    @property
    def data(self) -> Path:
        """The data directory."""
        return folders.data_folder(self.home)

    @property
    def initialised(self) -> bool:
        """Whether initdb has finished here (it is renamed into place when it has)."""
        return self.data.exists()

    @cached_property
    def account(self) -> Account:
        """Who runs the server."""
        return account_for(self.data)

    @cached_property
    def programs(self) -> Path:
        """The folder with the server's programs."""
        return binaries.programs(self.account)

    @property
    def socket(self) -> Path:
        """The folder with the socket."""
        return folders.socket_folder(self.home, self.account)

    @property
    def port(self) -> int:
        """The port, which only names the socket."""
        addresses = roles.known(environment.read(self.home))
        return roles.port_of(addresses) if addresses else 5432

    def urls(self) -> dict[str, str]:
        """YIMAQING_DATABASE_URL and YIMAQING_OWNER_DATABASE_URL; ClusterError before init."""
        addresses = roles.known(environment.read(self.home))
        if addresses is None:
            raise ClusterError(f"no database in {self.home} yet: run `yimaqing db start`.")
        return addresses

    def init(self, port: int | None = None) -> None:
        """Make data directory, addresses and keys where they are absent; never destroys."""
        self.home.mkdir(parents=True, exist_ok=True)
        with folders.locked(self.home, RECOVERY_SECONDS):
            self._initialise(port)

    def start(self, timeout: float = RECOVERY_SECONDS, port: int | None = None) -> None:
        """Make the server accept connections, whatever state the last one was left in."""
        self.home.mkdir(parents=True, exist_ok=True)
        with folders.locked(self.home, timeout):
            self._initialise(port)
            self._prepare()
            if not self._comes_up_by_itself(timeout):
                clear_remains(self.data, self.socket, ORPHAN_SECONDS)
                self._launch()
                self._wait_until_accepting(timeout)
            self.ensure_roles()

    def run(self) -> int:
        """Serve in the foreground until told to stop; return the server's exit status."""
        self.home.mkdir(parents=True, exist_ok=True)
        with folders.locked(self.home, RECOVERY_SECONDS):
            self._initialise(None)
            self._prepare()
            if postmaster(self.data):
                raise ClusterError("the server runs already: `yimaqing db stop` first.")
            clear_remains(self.data, self.socket, ORPHAN_SECONDS)
            child = self._foreground()
            forward_stop(child)
            self._wait_until_accepting(RECOVERY_SECONDS, lambda: child.poll() is None)
            self.ensure_roles()
        tell_systemd("READY=1")
        return child.wait()

    def stop(self) -> bool:
        """Stop the server: fast, and at once if that takes too long. False if it was down."""
        if not self.initialised or (pid := postmaster(self.data)) is None:
            return False
        try:
            for signum in (signal.SIGINT, signal.SIGQUIT):
                send(pid, signum)
                if self._wait_gone(pid):
                    return True
        except PermissionError as error:
            raise ClusterError(f"only {self.account.name} or root may stop it.") from error
        raise ClusterError(f"the server (pid {pid}) does not stop; see {self.data / 'log'}.")

    def status(self) -> Status:
        """The server's state, found by asking it."""
        pid = postmaster(self.data) if self.initialised else None
        state = self._ping()
        return Status(
            initialised=self.initialised,
            running=pid is not None or state in (pq.Ping.OK, pq.Ping.REJECT),
            accepting=state == pq.Ping.OK,
            pid=pid,
            data=str(self.data.resolve()),
            socket=str(self.socket),
            port=self.port,
            account=self.account.name,
        )

    def superuser(self, script: str, database: str = "postgres") -> str:
        """Run psql input as the superuser, over peer authentication; return its output."""
        command = [str(self.programs / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1"]
        command += ["-h", str(self.socket), "-p", str(self.port), "-U", "postgres"]
        done = self.account.run([*command, "-d", database], text_in=script)
        if done.returncode != 0:
            raise ClusterError(f"the server refused a statement: {done.stderr.strip()}")
        return done.stdout

    def ensure_roles(self) -> None:
        """Roles and database as they should be, with the passwords of the env file."""
        addresses = self.urls()
        if not roles.answer(addresses):
            self.superuser(roles.script(addresses))

    def _initialise(self, port: int | None) -> None:
        environment_now = environment.read(self.home)
        addresses = roles.known(environment_now)
        if not self.initialised:
            self._make_data_directory()
        number = port or (roles.port_of(addresses) if addresses else 5432)
        changes = environment.missing_keys(environment_now)
        if addresses is None:
            changes |= roles.fresh_addresses(self.socket, number)
        elif (now := roles.moved(addresses, self.socket, number)) != addresses:
            changes |= now
        if changes:
            environment.write(self.home, changes)

    def _make_data_directory(self) -> None:
        target = folders.place_for_data(self.home, self.account)
        unfinished = target.with_name(f"{target.name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)  # an earlier init that was killed
        self.say(f"initdb {target}")
        folders.own_folder(unfinished, self.account, 0o700)
        command = [str(self.programs / "initdb"), "-D", str(unfinished), "-U", "postgres"]
        command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        command += ["--builtin-locale=C.UTF-8", "--data-checksums"]
        command += ["--auth-local=peer", "--auth-host=reject", "--no-instructions"]
        done = self.account.run(command if self._durable else [*command, "--no-sync"])
        if done.returncode != 0:
            raise ClusterError(f"initdb failed: {done.stderr.strip()}")
        unfinished.rename(target)
        if target != self.data:
            self.data.symlink_to(target)

    @property
    def _durable(self) -> bool:
        return self.settings.get("fsync", "on") == "on"

    def _prepare(self) -> None:
        folders.own_folder(self.socket, self.account, 0o755 if self.account.is_other else 0o700)
        account, extra = self.account, self.settings
        files = configuration.files(self.socket, self.port, account.name, extra)
        for name, text in files.items():
            folders.put_file(self.data / name, text, account)

    def _ping(self) -> int:
        folder, port = self.socket, self.port
        return pq.PGconn.ping(f"host='{folder}' port={port} connect_timeout=5".encode())

    def _comes_up_by_itself(self, timeout: float) -> bool:
        """Whether a living server accepts, or is on its way (recovery) and then does."""
        if self._ping() == pq.Ping.OK:
            return True
        if (pid := postmaster(self.data)) is None:
            return False
        patience = LOST_SOCKET_SECONDS if self._ping() == pq.Ping.NO_RESPONSE else timeout
        deadline = time.monotonic() + patience
        while postmaster(self.data) == pid and time.monotonic() < deadline:
            if self._ping() == pq.Ping.OK:
                return True
            time.sleep(POLL_SECONDS)
        self.stop()  # alive but unreachable: somebody removed its socket
        return False

    def _launch(self) -> None:
        # Home may be closed to the account that runs the server: the path behind the link.
        data = self.data.resolve()
        (data / "start.log").unlink(missing_ok=True)
        command = [str(self.programs / "pg_ctl"), "start", "-W", "-s", "-D", str(data)]
        done = self.account.run([*command, "-l", str(data / "start.log")])
        if done.returncode != 0:
            raise ClusterError(f"pg_ctl failed: {done.stderr.strip()}")
        # pg_ctl returns before its child has written the lock file.
        deadline = time.monotonic() + 10
        while postmaster(self.data) is None and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS / 5)

    def _foreground(self) -> subprocess.Popen[bytes]:
        command = [str(self.programs / "postgres"), "-D", str(self.data.resolve())]
        return subprocess.Popen(  # noqa: S603 - the server itself, no shell
            [*command, "-c", "logging_collector=off"],
            cwd="/",
            env=self.account.environment(),
            user=self.account.user,
            group=self.account.group,
            extra_groups=self.account.extra_groups,
        )

    def _wait_until_accepting(
        self, timeout: float, alive: Callable[[], bool] | None = None
    ) -> None:
        alive = alive or (lambda: postmaster(self.data) is not None)
        begun = told = time.monotonic()
        while self._ping() != pq.Ping.OK:
            if not alive():
                raise ClusterError(f"the server did not start:\n{self._last_words()}")
            now = time.monotonic()
            if now - begun > timeout:
                raise ClusterError(f"the server is still recovering after {timeout:.0f} s.")
            if now - told > 10:
                told = now
                self.say(f"recovering for {now - begun:.0f} s")
            time.sleep(POLL_SECONDS)

    def _last_words(self) -> str:
        logs = [self.data / "start.log", *sorted((self.data / "log").glob("*.log"), key=_age)[:1]]
        lines = [line for path in logs if path.exists() for line in _lines(path)[-LAST_LINES:]]
        return "\n".join(lines)

    def _wait_gone(self, pid: int) -> bool:
        deadline = time.monotonic() + STOP_SECONDS
        while postmaster(self.data) == pid:
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS)
        return True


def _age(path: Path) -> float:
    return -path.stat().st_mtime


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8", errors="replace").splitlines()
