"""What every page knows about the installation and its reader."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yimaqing.kit.plugins import plugins

LARGE_TYPE_COOKIE = "yimaqing_large_type"
_LAST = 50
PRODUCT = _("一码清")

NavEntry = tuple[str, "str | Promise", Callable[[Any], bool]]
"""(url name, label, whether the user may go there): items of a domain's ``urls.nav``."""


@dataclass(frozen=True)
class NavLink:
    """One entry of the top bar."""

    address: str
    label: str | Promise
    current: bool


class UiContext:
    """Read by templates as ``ui``: ``ui.demo``, ``ui.large_type``, ``ui.lang``, ``ui.nav`` …"""

    product = PRODUCT

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def demo(self) -> bool:
        """Whether the installation shows made-up people."""
        return bool(settings.DEMO)

    @property
    def place(self) -> str:
        """Name of the place that the installation serves (吕梁市)."""
        return str(settings.REGION_NAME)

    @property
    def large_type(self) -> bool:
        """Whether the reader asked for large type."""
        return self._request.COOKIES.get(LARGE_TYPE_COOKIE) == "1"

    @property
    def lang(self) -> str:
        """Language of the page as BCP 47."""
        return "en" if (get_language() or "").startswith("en") else "zh-Hans"

    @property
    def here(self) -> str:
        """This page's address: where the language and type switches come back to."""
        return self._request.get_full_path() if self._request.method == "GET" else "/"

    @cached_property
    def nav(self) -> list[NavLink]:
        """Top bar entries open to the user; the longest address that leads here is current."""
        user = getattr(self._request, "user", None)
        if user is None:
            return []
        links = [(_address(name), label) for name, label, may in _entries() if may(user)]
        path = _stands_for(self._request.path)
        current = max((a for a, _label in links if path.startswith(a)), key=len, default=None)
        return [NavLink(address, label, address == current) for address, label in links]

    @property
    def search(self) -> str:
        """Where the search box leads; empty for who has none."""
        user = getattr(self._request, "user", None)
        for module in plugins("urls"):
            name, may = getattr(module, "search_box", ("", None))
            if may is not None and user is not None and may(user):
                return _address(name)
        return ""


@cache
def _address(name: str) -> str:
    """A page's address, which stays while the service runs."""
    return reverse(name)


def _entries() -> Iterable[NavEntry]:
    """Entries of every domain, what is used daily first (``urls.nav_order``)."""
    for module in sorted(plugins("urls"), key=lambda one: getattr(one, "nav_order", _LAST)):
        yield from getattr(module, "nav", ())


def _stands_for(path: str) -> str:
    """The address under which a page hangs in the top bar (``urls.nav_under``, the longest)."""
    under = {
        beginning: entry
        for module in plugins("urls")
        for beginning, entry in getattr(module, "nav_under", {}).items()
        if path.startswith(beginning)
    }
    return str(under[max(under, key=len)]) if under else path


def ui(request: HttpRequest) -> dict[str, object]:
    """Context processor."""
    return {"ui": UiContext(request)}
