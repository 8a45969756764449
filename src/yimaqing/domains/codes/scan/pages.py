"""Rendering of the scanned card: Jinja2 templates of the domains, one look, no script needed."""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections.abc import Callable, Mapping, MutableMapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import jinja2
from django.conf import settings
from django.utils.translation import get_language, gettext, ngettext
from jinja2.ext import Extension
from markupsafe import Markup, escape

import yimaqing.domains

_HERE = Path(__file__).parent


class Translated(Extension):
    """Writes the words of ``{{ _("…") }}`` into the template while it is compiled.

    Most of a page is fixed text, and looking each piece up again cost more than the query.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Replace the literals by their escaped translation in the language that is active."""
        return _LITERAL.sub(lambda match: escape(gettext(match[1])), source)


class Prepared(jinja2.Environment):
    """Templates of an installation do not change while it runs, and their data are dicts.

    Looking templates up again, copying chained globals, and asking a dict for an attribute
    first, together took a third of a page's time.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._ready: dict[str, jinja2.Template] = {}

    def get_template(
        self,
        name: str | jinja2.Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - Jinja's name
    ) -> jinja2.Template:
        """The template, looked up once unless templates are being written."""
        if self.auto_reload or globals or not isinstance(name, str):
            return super().get_template(name, parent, globals)
        ready = self._ready.get(name)
        if ready is None:
            ready = super().get_template(name)
            ready.globals = dict(ready.globals)
            self._ready[name] = ready
        return ready

    def getattr(self, obj: Any, attribute: str) -> Any:
        """``page.role``: the key of a dict before its methods."""
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


_LITERAL = re.compile(r'\{\{ _\("([^"]+)"\) \}\}')


@cache
def environment(language: str) -> jinja2.Environment:
    """Templates compiled once a process and language; undefined names are errors.

    Called while that language is active.
    """
    folders = [Path(p) for p in yimaqing.domains.__path__]
    loader = jinja2.FileSystemLoader(
        [folder / name / "templates" for folder in folders for name in settings.DOMAINS]
    )
    made = Prepared(
        loader=loader,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n", Translated],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=settings.DEBUG,
    )
    install = made.install_gettext_callables  # type: ignore[attr-defined] # added by the extension
    # One environment a language, so an answer once looked up stays right.
    install(cache(gettext), ngettext, newstyle=True)
    made.filters |= {"date": date_in(language), "yuan": yuan, "count": count, "dial": dial}
    made.globals |= {"css": _css(), "script": Markup(_script())}  # noqa: S704 - our own files
    return made


def render(template: str, **context: Any) -> str:
    """The page as text, in the language of ``page``."""
    return environment(context["page"]["language"]).get_template(template).render(context)


def fragment(template: str, **context: Any) -> Markup:
    """A panel's part of the page; escaped by its own template."""
    return Markup(render(template, **context))  # noqa: S704 - autoescaped by the environment


@cache
def content_policy() -> str:
    """Nothing is loaded from anywhere; the one script is named by its hash."""
    digest = base64.b64encode(sha256(_script().encode()).digest()).decode()
    return (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:;"
        f" script-src 'sha256-{digest}'; connect-src 'self'; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    )


def date_in(language: str) -> Callable[[str | dt.date | None], str]:
    """The filter ``date``: 2026年11月22日, or 22 Nov 2026; empty for none."""

    def date(value: str | dt.date | None) -> str:
        if not value:
            return ""
        day = value if isinstance(value, dt.date) else dt.date.fromisoformat(value[:10])
        if language == "en":
            return f"{day.day} {day:%b} {day.year}"
        return f"{day.year}年{day.month}月{day.day}日"

    return date


def yuan(fen: int | None) -> str:
    """Fen as yuan with two decimals: 1,234.56."""
    return "" if fen is None else f"{fen / 100:,.2f}"


def count(value: int | None) -> str:
    """A count with separators."""
    return "" if value is None else f"{value:,}"


def dial(phone: str) -> str:
    """What a tel: link may hold."""
    return re.sub(r"[^0-9+,]", "", phone)


def page_context(values: Mapping[str, Any]) -> dict[str, Any]:
    """What every template reads as ``page``, with the marks of a demo."""
    return {
        "demo": settings.DEMO,
        "region": settings.REGION_NAME,
        "language": get_language(),
        **values,
    }


def _css() -> Markup:
    text = (_HERE / "card.css").read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return Markup(re.sub(r"\s+", " ", text).strip())  # noqa: S704 - our own file


@cache
def _script() -> str:
    return (_HERE / "sections.js").read_text(encoding="utf-8").strip()
