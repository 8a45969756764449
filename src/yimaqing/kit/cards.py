"""Plug-in types: what a scanned code shows, and what a domain adds to it.

The contract, for whoever writes one
------------------------------------
A domain offers what scanned codes show in ``cards.py`` (module-level lists ``cards: list[Card]``
and ``panels: list[Panel]``, its additions to others' cards; the scan service loads it, so it
imports nothing heavy), and what it adds to pages in ``panels.py``
(``file_panels: list[FilePanel]`` for the household's file on the desk,
``place_panels: list[FilePanel]`` for a place's page there). The scan service finds cards
and panels through ``kit.plugins`` and builds **one** SQL statement out of the function
names: no function, no query.

SQL functions. Made in the domain's own migration, each takes
``(place_code text, subject_id bigint)`` and returns ``json`` or ``jsonb`` (NULL = nothing to
show; the template is then left out; ``json`` is built and sent in less time).
``subject_id`` is the household's id for kind ``household`` and 0 for kinds ``county``,
``township``, ``village``. Write them in plpgsql (it keeps its plans; LANGUAGE sql plans anew
on each call before PostgreSQL 18), ``STABLE``, and ``GRANT EXECUTE … TO yimaqing_app``.

- ``sql_function`` is **SECURITY INVOKER** (the default): row-level security applies. When
  it runs, the scope is already narrowed to what the code stands for: one household
  (``place_code`` and ``household_id`` alone), or one subtree of places. Filter by
  ``household_id = $2`` all the same: a child table's index by household finds the rows at
  once, where ``place_code = $1`` beside it made the planner read the whole village's.
  It is called only for a viewer whose role has ``codes.scan`` and the card's
  ``permission`` there.
- ``public_function`` is what anybody sees without logging in, so it is **SECURITY
  DEFINER SET search_path = public, pg_temp**, and it decides alone what leaves the
  register: office contacts, and aggregates rounded by `public_cells(jsonb)` under the rule
  of places.0011_public_figures (a breakdown at one level only, every cell listed). Nothing
  about who a household is. Leave it empty for "nothing".
- ``limited_function`` is what a role with some columns only sees: a department's officer,
  a building's leader (see accounts.roles); empty means nothing for a panel.

Templates are Jinja2 (``templates/<domain>/scan/<name>.jinja``), autoescaped, rendered
with ``data`` (the function's json), ``page`` (``role``: stranger, outside, member,
limited; ``kind``, ``place_code``, ``subject_id``, ``place``: list of names from county
down, ``demo``, ``language``), ``_()`` for text, and the macros of
``codes/scan/parts.jinja``: ``warning(colour, text, since, act_by)``,
``figures(rows)``, ``contact(…)``. Filters: ``date`` (2026年11月22日), ``yuan`` (fen →
1,234.56), ``masked`` (王**). Inline style, no script, nothing loaded. A household panel
of warnings returns, for instance, ``{"warnings": [{"colour": "red", "text": …,
"since": "2020-03-02", "act_by": "2020-03-20"}]}``.

Where the json holds slugs, ``prepare(data, language)`` turns it into what the template
shows (labels in ``zh-hans`` or ``en``); it must not query.

Order: panels below 100 stand above the card's own facts (warnings: 10), others below.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

Prepare = Callable[[Mapping[str, Any], str], Mapping[str, Any]]


@dataclass(frozen=True)
class Card:
    """What a code of one kind shows. ``subjects_sql`` lists the subjects to issue codes for.

    ``subjects_sql`` selects ``place_code, subject_id`` with the parameters ``%(low)s`` and
    ``%(high)s`` (half-open range of place codes).
    """

    kind: str
    label: str | Promise
    sql_function: str
    public_function: str
    template: str
    public_template: str
    subjects_sql: str
    permission: str = "registry.read"
    limited_function: str = ""
    #: Seconds for which what strangers see may be kept (aggregates cost more than one row).
    keep_public_seconds: int = 0
    prepare: Prepare | None = None
    #: What a printed label says and how labels are sorted on the way from door to door: selects
    #: ``place_code, subject_id, name, team, address`` with the parameters of ``subjects_sql``.
    #: Empty: places' names alone.
    label_sql: str = ""


@dataclass(frozen=True)
class Panel:
    """What another domain adds to the scanned card of one kind."""

    kind: str
    sql_function: str
    template: str
    order: int = 500
    public_function: str = ""
    public_template: str = ""
    limited_function: str = ""
    prepare: Prepare | None = None


@dataclass(frozen=True)
class StoryEvent:
    """One thing that a domain knows of a household's past, for the story on its file.

    ``colour`` marks a warning; ``ended`` is the day on which it was over (None: it stands),
    ``due`` the day by which something is to be done about it.
    """

    on: dt.date
    text: str
    colour: str = ""
    ended: dt.date | None = None
    due: dt.date | None = None


@dataclass(frozen=True)
class FilePanel:
    """What another domain adds to the household's file, or to a place's page, on the desk.

    ``template`` is a Django template that is included with what ``context(request,
    household)`` returns (``household`` has ``id`` and ``place_code``); None leaves it out.
    For a place's page it is ``context(request, place)`` (``code``, ``kind``, ``valid_to``).
    ``story(request, household)`` adds to the story of a household's years.
    """

    order: int
    title: str | Promise
    template: str
    context: Callable[[HttpRequest, Any], dict[str, Any] | None]
    story: Callable[[HttpRequest, Any], list[StoryEvent]] | None = None
