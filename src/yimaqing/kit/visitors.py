"""Whose request it is: the address at the other end, past the proxies that are ours."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias

from django.conf import settings

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


def visitor_address(environ: Mapping[str, object]) -> str:
    """The visitor's IP address, from a WSGI environment (``request.META``); "" when unknown.

    A header is believed only from a proxy of YIMAQING_TRUSTED_PROXIES, and read from its end:
    what stands before the last address that is not a proxy's is the visitor's own word.
    """
    peer, forwarded = environ.get("REMOTE_ADDR", ""), environ.get("HTTP_X_FORWARDED_FOR", "")
    return _visitor(str(peer), str(forwarded), settings.TRUSTED_PROXIES)


@lru_cache(maxsize=4096)
def _visitor(remote: str, forwarded: str, proxies: tuple[Network, ...]) -> str:
    peer = _parsed(remote)
    if peer is None or not _is_proxy(peer, proxies):
        return str(peer or "")
    for part in reversed(forwarded.split(",")):
        named = _parsed(part)
        if named is None:
            break
        if not _is_proxy(named, proxies):
            return str(named)
    return str(peer)


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks from a comma-separated list. Raise ValueError for a bad one."""
    parts = (part.strip() for part in text.split(","))
    return tuple(ipaddress.ip_network(part) for part in parts if part)


def _is_proxy(address: Address, proxies: tuple[Network, ...]) -> bool:
    return any(address in network for network in proxies)


def _parsed(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
