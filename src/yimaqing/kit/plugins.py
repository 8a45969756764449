"""Plug-in modules of the enabled domains.

A domain upstream uses what a domain downstream offers (``loaders``, ``cards``,
``panels``, ``measures`` …) without importing it: the list of domains is a setting.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.conf import settings


@cache
def plugins(name: str) -> tuple[ModuleType, ...]:
    """The module ``name`` of every enabled domain that has one, in the domains' order."""
    paths = (f"yimaqing.domains.{domain}.{name}" for domain in settings.DOMAINS)
    return tuple(import_module(path) for path in paths if find_spec(path))
