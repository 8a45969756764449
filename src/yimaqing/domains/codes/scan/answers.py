"""Requests and answers of the scan, without any framework."""

from __future__ import annotations

import hmac
import ipaddress
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from urllib.parse import parse_qs

from django.conf import settings
from django.http import parse_cookie

from yimaqing.kit.visitors import visitor_address
from yimaqing.ui.context import LARGE_TYPE_COOKIE

LANGUAGES = ("zh-hans", "en")
#: Values of ``?type=``; the choice is kept in the cookie that all pages of the product read.
LARGE, NORMAL = "large", "normal"
DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Request:
    """What of a request matters to a scan."""

    method: str
    path: str
    session_key: str
    language: str
    chosen_language: str | None
    large: bool
    chosen_type: str | None
    client: bytes


@dataclass(frozen=True)
class Answer:
    """Status, headers and body of the response."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def request_of(environ: Mapping[str, object]) -> Request:
    """Read a WSGI environment (Django's ``request.META`` is one)."""
    cookies = parse_cookie(str(environ.get("HTTP_COOKIE", "")))
    query = str(environ.get("QUERY_STRING", ""))
    asked = parse_qs(query) if query else {}
    chosen = asked.get("lang", [""])[-1]
    size = asked.get("type", [""])[-1]
    return Request(
        method=str(environ.get("REQUEST_METHOD", "GET")),
        path=str(environ.get("PATH_INFO", "")),
        session_key=cookies.get(settings.SESSION_COOKIE_NAME, "")[:64],
        language=_language(
            chosen or cookies.get(settings.LANGUAGE_COOKIE_NAME, ""),
            str(environ.get("HTTP_ACCEPT_LANGUAGE", "")),
        ),
        chosen_language=chosen if chosen in LANGUAGES else None,
        large=(size or cookies.get(LARGE_TYPE_COOKIE, "")) in {LARGE, "1"},
        chosen_type=size if size in {LARGE, NORMAL} else None,
        client=client_hash(visitor_address(environ)),
    )


def client_hash(address: str) -> bytes:
    """16 bytes that stand for an address for one day: enough to count, not to follow.

    Of an IPv6 address its network of 64 bits counts: one visitor has them all.
    """
    return _hash(int(time.time() // DAY_SECONDS), _line(address) if ":" in address else address)


@lru_cache(maxsize=4096)
def _hash(day: int, address: str) -> bytes:
    message = f"{day} {address}".encode()
    return hmac.digest(settings.SECRET_KEY.encode(), message, sha256)[:16]


@lru_cache(maxsize=4096)
def _line(address: str) -> str:
    return str(ipaddress.IPv6Network((address, 64), strict=False))


def _language(chosen: str, accepted: str) -> str:
    """The chosen one, else the first that the browser names and we have, else Chinese."""
    for wanted in (chosen, *(part.split(";")[0].strip() for part in accepted.split(","))):
        if wanted.lower().startswith("en"):
            return "en"
        if wanted.lower().startswith("zh"):
            return "zh-hans"
    return "zh-hans"
