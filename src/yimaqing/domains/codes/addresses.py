"""The permanent address that a code's symbol holds."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings

#: Names that no stranger's phone can resolve (RFC 2606, 6761, 6762, 8375, 9476).
_PRIVATE_ENDINGS = (
    "localhost", "local", "lan", "internal", "intranet", "home.arpa",
    "test", "example", "invalid", "alt",
)  # fmt: skip


class AddressNotPrintable(RuntimeError):
    """``YIMAQING_PUBLIC_URL`` leads nowhere from a phone: a printed code would be dead."""


def address_of(token: str) -> str:
    """What a scan opens."""
    return f"{settings.PUBLIC_URL}/c/{token}"


def printable_address(token: str) -> str:
    """The address, for print and for symbols that leave the office.

    Raises AddressNotPrintable for loopback and private hosts, except in a demo, whose
    pages say that they are one.
    """
    require_printable()
    return address_of(token)


def require_printable() -> None:
    """Raise AddressNotPrintable as ``printable_address`` does, before there is any code."""
    if not settings.DEMO and not is_public_host(urlsplit(settings.PUBLIC_URL).hostname or ""):
        raise AddressNotPrintable(settings.PUBLIC_URL)


def is_public_host(host: str) -> bool:
    """Whether a phone in the village could reach a host of this name or number."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        pass
    name = host.rstrip(".").lower()
    labels = name.split(".")
    private = any(name == end or name.endswith(f".{end}") for end in _PRIVATE_ENDINGS)
    return len(labels) > 1 and all(labels) and not private
