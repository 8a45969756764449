"""Where the data directory and the socket lie, so that the server's account reaches them."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from yimaqing.config.cluster.account import Account
from yimaqing.config.cluster.binaries import MAJOR, SHARED
from yimaqing.config.cluster.errors import ClusterError

# sockaddr_un holds 107 bytes; PostgreSQL appends "/.s.PGSQL.65535".
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.65535")


def data_folder(home: Path) -> Path:
    """The data directory's name under the installation's home (perhaps a symbolic link)."""
    return home / f"pg{MAJOR}"


def place_for_data(home: Path, account: Account) -> Path:
    """Where a new data directory is made: home, or a reachable place when home is private.

    Root's own home is closed to the server's account, and we do not open other people's
    folders: the data then lies under /var/lib/yimaqing and home gets a link to it.
    """
    if account.can_pass(home):
        return data_folder(home)
    SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=SHARED, prefix="data-"))
    os.chown(folder, account.uid, account.gid)
    return folder / data_folder(home).name


def socket_folder(home: Path, account: Account) -> Path:
    """A folder whose path is short enough for a socket and that both sides reach."""
    near = home / "run"
    if account.can_pass(home) and len(os.fsencode(near)) <= LONGEST_SOCKET_FOLDER:
        return near
    key = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    parent = Path("/run" if os.geteuid() == 0 else "/tmp")  # noqa: S108 - ownership is checked
    return parent / f"yimaqing-{account.uid}-{key}"


def own_folder(folder: Path, account: Account, mode: int) -> None:
    """Make the folder the account's own, or raise ClusterError if somebody else's is there."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        entry = folder.lstat()
        if not stat.S_ISDIR(entry.st_mode) or entry.st_uid not in (account.uid, os.geteuid()):
            raise ClusterError(
                f"{folder} exists and is not a folder of {account.name}: remove it."
            ) from None
    if account.is_other:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(mode)


def put_file(path: Path, text: str, account: Account) -> None:
    """Replace a file in a folder of the account's.

    Root may be writing where the account can plant links, so a new file is made under
    another name, given away by its handle, and renamed into place.
    """
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(unfinished, flags, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        if account.is_other:
            os.fchown(file.fileno(), account.uid, account.gid)
    unfinished.replace(path)


@contextlib.contextmanager
def locked(home: Path, seconds: float) -> Iterator[None]:
    """Only one `yimaqing db` at a time changes a cluster; the kernel frees a dead one's lock."""
    with (home / f"pg{MAJOR}.lock").open("a") as file:
        deadline = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise ClusterError(
                        f"another `yimaqing db` has been busy with {home} for {seconds:.0f} s."
                    ) from None
                time.sleep(0.1)
        yield
