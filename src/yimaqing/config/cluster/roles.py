"""The two roles and the database, and the addresses that reach them.

``yimaqing_owner`` owns the tables (row-level security does not apply to it);
``yimaqing_app`` is neither owner nor superuser nor a member of the owner.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import psycopg

from yimaqing.config.cluster.errors import ClusterError

DATABASE = "yimaqing"
OWNER = "yimaqing_owner"
APPLICATION = "yimaqing_app"
URL_OF = {APPLICATION: "YIMAQING_DATABASE_URL", OWNER: "YIMAQING_OWNER_DATABASE_URL"}

_ROLE = """
SELECT 'CREATE ROLE {role}' WHERE NOT EXISTS
  (SELECT FROM pg_roles WHERE rolname = '{role}') \\gexec
ALTER ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  PASSWORD '{password}';
"""

_DATABASE = f"""
SELECT 'CREATE DATABASE {DATABASE} OWNER {OWNER}' WHERE NOT EXISTS
  (SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec
REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC;
REVOKE ALL ON DATABASE postgres FROM PUBLIC;
REVOKE ALL ON DATABASE template1 FROM PUBLIC;
GRANT CONNECT ON DATABASE {DATABASE} TO {APPLICATION};
\\connect {DATABASE}
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO {APPLICATION};
"""


def address(role: str, password: str, socket: Path, port: int) -> str:
    """A libpq address over the unix socket; also what settings.py reads."""
    return f"postgresql://{role}:{password}@/{DATABASE}?host={quote(str(socket))}&port={port}"


def fresh_addresses(socket: Path, port: int) -> dict[str, str]:
    """Addresses of both roles with new random passwords, by the name of their setting."""
    return {
        setting: address(role, secrets.token_hex(24), socket, port)
        for role, setting in URL_OF.items()
    }


def moved(addresses: Mapping[str, str], socket: Path, port: int) -> dict[str, str]:
    """The same passwords at another socket or port."""
    return {
        setting: address(role, urlsplit(addresses[setting]).password or "", socket, port)
        for role, setting in URL_OF.items()
    }


def known(env: Mapping[str, str]) -> dict[str, str] | None:
    """The embedded server's addresses from the env file, or None when it has none yet.

    Raises ClusterError when the installation uses a server of its own.
    """
    found = {setting: env[setting] for setting in URL_OF.values() if env.get(setting)}
    for setting, url in found.items():
        parts = urlsplit(url)
        folder = parse_qs(parts.query).get("host", [""])[0]
        if parts.hostname or not folder.startswith("/") or parts.path != f"/{DATABASE}":
            raise ClusterError(
                f"{setting} in yimaqing.env points to another server; remove the line to use "
                "the embedded one."
            )
    return found if len(found) == len(URL_OF) else None


def port_of(addresses: Mapping[str, str]) -> int:
    """The port that the addresses name."""
    url = addresses[URL_OF[APPLICATION]]
    return int(parse_qs(urlsplit(url).query)["port"][0])


def script(addresses: Mapping[str, str]) -> str:
    """Input for psql that makes roles and database what they should be; can be run again."""
    made = (
        _ROLE.format(role=role, password=urlsplit(addresses[setting]).password)
        for role, setting in URL_OF.items()
    )
    return "".join(made) + _DATABASE


def answer(addresses: Mapping[str, str]) -> bool:
    """Whether both roles can log in to the database."""
    try:
        for url in addresses.values():
            psycopg.connect(url, connect_timeout=10).close()
    except psycopg.OperationalError:
        return False
    return True
