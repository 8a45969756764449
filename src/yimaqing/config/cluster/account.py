"""Which operating-system account runs the server, and what that account can reach.

PostgreSQL refuses to run as root. An operator who is root gets an unprivileged system
account; anybody else runs the server as themselves.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from yimaqing.config.cluster.errors import ClusterError

SYSTEM_ACCOUNT = "yimaqing"


@dataclass(frozen=True)
class Account:
    """An operating-system account that the server's programs run as."""

    name: str
    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        """Whether the server runs as somebody else than the operator (who then is root)."""
        return self.uid != os.geteuid()

    @property
    def user(self) -> int | None:
        """The uid that a child process takes on; None for the operator's own."""
        return self.uid if self.is_other else None

    @property
    def group(self) -> int | None:
        """The gid that a child process takes on."""
        return self.gid if self.is_other else None

    @property
    def extra_groups(self) -> list[int] | None:
        """No supplementary group of root's is left to a child process."""
        return [] if self.is_other else None

    def run(
        self,
        command: list[str],
        *,
        text_in: str = "",
        environment: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as this account, in ``/``, and return what it said."""
        return subprocess.run(  # noqa: S603 - our own programs, no shell
            command,
            input=text_in,
            capture_output=True,
            text=True,
            cwd="/",
            env=self.environment(environment),
            timeout=timeout,
            check=False,
            user=self.user,
            group=self.group,
            extra_groups=self.extra_groups,
        )

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """A clean environment: no PG* variable or locale of the operator's leaks in."""
        clean = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
        return clean | dict(extra or {})

    def can_run(self, program: Path) -> bool:
        """Whether this account can reach and execute the program."""
        try:
            return self.run([str(program), "--version"]).returncode == 0
        except OSError:
            return False

    def can_pass(self, folder: Path) -> bool:
        """Whether this account can go through every folder from the root down to this one."""
        there = [part for part in (folder, *folder.parents) if part.exists()]
        if not self.is_other:
            return os.access(there[0], os.X_OK)
        return all(self._may_enter(part) for part in there)

    def _may_enter(self, folder: Path) -> bool:
        entry = folder.stat()
        if entry.st_uid == self.uid:
            return bool(entry.st_mode & 0o100)
        if entry.st_gid == self.gid:
            return bool(entry.st_mode & 0o010)
        return bool(entry.st_mode & 0o001)


def account_for(data: Path) -> Account:
    """The account of an existing data directory, else the one that a new one will get.

    Raises ClusterError when the data directory belongs to somebody else.
    """
    me = os.geteuid()
    owner = data.stat().st_uid if data.exists() else None
    if owner is not None and owner not in (me, 0) and me != 0:
        raise ClusterError(
            f"{data} belongs to {_name(owner)}: run this as {_name(owner)} or as root."
        )
    if me != 0:
        return _account(me)
    return _account(owner) if owner else system_account()


def system_account() -> Account:
    """The unprivileged account for an operator who is root, created when absent."""
    try:
        entry = pwd.getpwnam(SYSTEM_ACCOUNT)
    except KeyError:
        _create_system_account()
        entry = pwd.getpwnam(SYSTEM_ACCOUNT)
    if entry.pw_uid == 0:
        raise ClusterError(f"the account {SYSTEM_ACCOUNT} is root; give it another uid.")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _create_system_account() -> None:
    program = shutil.which("useradd") or "/usr/sbin/useradd"
    command = [program, "--system", "--user-group", "--no-create-home", "--home-dir"]
    command += ["/nonexistent", "--shell", "/usr/sbin/nologin", SYSTEM_ACCOUNT]
    try:
        made = subprocess.run(  # noqa: S603 - a fixed command, no shell
            command, capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise ClusterError(f"cannot create the account {SYSTEM_ACCOUNT}: {error}") from error
    user_exists = 9  # exit status of useradd(8): another `yimaqing` just created it
    if made.returncode not in (0, user_exists):
        raise ClusterError(f"cannot create the account {SYSTEM_ACCOUNT}: {made.stderr.strip()}")


def _account(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError as error:
        raise ClusterError(
            f"uid {uid} has no account name, which PostgreSQL needs: add it to /etc/passwd."
        ) from error
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"
