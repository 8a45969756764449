"""The installation's env file ``$YIMAQING_HOME/yimaqing.env``: KEY=VALUE lines, 0600."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path

from yimaqing.kit.crypto import new_key

FILE = "yimaqing.env"


def read(home: Path) -> dict[str, str]:
    """What the env file says; empty when there is none."""
    path = home / FILE
    if not path.is_file():
        return {}
    pairs = (line.strip().partition("=") for line in path.read_text("utf-8").splitlines())
    return {key: value for key, found, value in pairs if found and not key.startswith("#")}


def write(home: Path, changes: Mapping[str, str]) -> None:
    """Replace or add values, keeping other lines and comments; atomic and private.

    The file belongs to whoever owns the data directory, so that services that run as
    that account can read it after root has written it.
    """
    path = home / FILE
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    kept = [line for line in lines if line.strip().partition("=")[0] not in changes]
    text = "\n".join([*kept, *(f"{key}={value}" for key, value in changes.items())]) + "\n"
    handle, name = tempfile.mkstemp(dir=home, prefix=f".{FILE}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    Path(name).chmod(0o600)
    if os.geteuid() == 0:
        owner = (path if path.is_file() else home).stat()
        os.chown(name, owner.st_uid, owner.st_gid)
    Path(name).replace(path)


def missing_keys(known: Mapping[str, str]) -> dict[str, str]:
    """Fresh values for the keys that an installation must have and does not have yet.

    Losing YIMAQING_DATA_KEY loses every ID number and phone: it is made once, never replaced.
    """
    fresh = {
        "YIMAQING_SECRET_KEY": secrets.token_urlsafe(50),
        "YIMAQING_DATA_KEY": f"1:{new_key()}",
    }
    return {key: value for key, value in fresh.items() if not known.get(key)}


def home() -> Path:
    """The installation's data directory: $YIMAQING_HOME, else ``var`` where we stand."""
    return Path(os.environ.get("YIMAQING_HOME", str(Path.cwd() / "var"))).resolve()
