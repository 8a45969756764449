"""The one SQL statement of a scan, built once from the cards and panels of the domains.

``codes_open`` runs first (it stands in FROM): it finds code and viewer, narrows the row
scope, and logs. The functions in the select list then read under that scope.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from yimaqing.domains.accounts.queries import ALL, ROLES
from yimaqing.domains.codes.kinds import cards, panels
from yimaqing.kit.cards import Card, Panel, Prepare

SCAN_PERMISSION = "codes.scan"
#: Well-formed unknown tokens that one address may ask for within the window (a slip of the
#: hand fails the check character and is not counted); further ones get the page "too many".
#: A village often shares one address, and one guesser in it must not shut out the old people
#: who scan what hangs at their door: real codes are still shown to strangers there, until the
#: second limit. Nobody's doors need a hundred scans in ten minutes; a guesser who found real
#: codes could confirm no more than that, and from then on each token gets the same page until
#: the window ends. Who is logged in is answered all the time: each scan bears a name.
GUESSES = 20
SHOWN_BESIDE_GUESSES = 100
WINDOW_MINUTES = 10
PUBLIC_ROLES = ("stranger", "outside")


@dataclass(frozen=True)
class Part:
    """One function's place on the page: the card itself, or a panel."""

    function: str
    template: str
    prepare: Prepare | None
    order: int


@cache
def parts(kind: str, role: str) -> tuple[Part, ...]:
    """The card (first) and the panels that a viewer of this role is shown."""
    card = cards()[kind]
    shown = [_card_part(card, role), *(_panel_part(p, role) for p in panels()[kind])]
    return tuple(part for part in shown if part is not None)


@cache
def scan_sql() -> str:
    """The statement; its parameters are token, session key, its standing, the client's hash.

    What is the same for every scan stands in the text, which is prepared once.
    """
    full, limited = roles_by_kind()
    kept = "jsonb_build_object(" + ", ".join(f"'{k}', {n}" for k, n in kept_seconds().items()) + ")"
    by_role = "\n".join(
        f"WHEN s.role = '{role}' THEN {_by_kind(role)}" for role in ("member", "limited")
    )
    public = " OR ".join(f"s.role = '{role}'" for role in PUBLIC_ROLES)
    return f"""
SELECT json_build_object(
  'outcome', s.outcome, 'role', s.role, 'code_id', s.code_id, 'kind', s.kind,
  'place_code', s.place_code, 'subject_id', s.subject_id, 'user_id', s.user_id,
  'user_name', s.user_name, 'session_data', s.session_data,
  'password_changed_at', s.password_changed_at, 'standing', s.standing,
  'was_kept', s.kept IS NOT NULL,
  'place', CASE WHEN s.role IS NOT NULL THEN places_path(s.place_code) END,
  'bodies', CASE {by_role}
                 WHEN s.kept IS NOT NULL THEN s.kept::json
                 WHEN {public} THEN {_by_kind("stranger")} END)::text
  FROM codes_open($1::text, $2::text, $3::text, decode($4::text, 'hex'), current_date,
                  {_array(full)}, {_array(limited)}, {kept}, {GUESSES}, {SHOWN_BESIDE_GUESSES},
                  interval '{WINDOW_MINUTES} minutes') AS s
"""


@cache
def roles_by_kind() -> tuple[list[str], list[str]]:
    """``kind:role`` of the roles that see a kind's card in full, and in short.

    A role that sees some columns of a file only (a department's officer, a building's
    leader) gets the short card where the kind has one.
    """
    full: list[str] = []
    limited: list[str] = []
    for card in cards().values():
        for role in ROLES.values():
            if {SCAN_PERMISSION, card.permission} <= role.permissions:
                short = card.limited_function and role.columns is not ALL
                (limited if short else full).append(f"{card.kind}:{role.slug}")
    return full, limited


@cache
def kept_seconds() -> dict[str, int]:
    """For how long the public card of a kind may be kept; kinds read afresh are absent."""
    return {c.kind: c.keep_public_seconds for c in cards().values() if c.keep_public_seconds}


def _array(words: list[str]) -> str:
    return f"ARRAY[{', '.join(repr(word) for word in words)}]::text[]"


def _by_kind(role: str) -> str:
    # Kinds that are read alike share an arm: every function named here is made ready for each
    # scan, also where another kind's are called.
    alike: dict[str, list[str]] = {}
    for kind in cards():
        alike.setdefault(_calls(kind, role), []).append(f"'{kind}'")
    arms = " ".join(f"WHEN s.kind IN ({', '.join(k)}) THEN {calls}" for calls, k in alike.items())
    return f"CASE {arms} END" if arms else "NULL"


def _calls(kind: str, role: str) -> str:
    calls: Iterator[str] = (
        f"{part.function}(s.place_code, s.subject_id)" for part in parts(kind, role)
    )
    return f"json_build_array({', '.join(calls)})"


def _card_part(card: Card, role: str) -> Part:
    if role in PUBLIC_ROLES:
        return Part(card.public_function, card.public_template, card.prepare, 100)
    short = role == "limited" and card.limited_function
    return Part(short or card.sql_function, card.template, card.prepare, 100)


def _panel_part(panel: Panel, role: str) -> Part | None:
    if role in PUBLIC_ROLES:
        function, template = panel.public_function, panel.public_template
    elif role == "limited":
        function, template = panel.limited_function, panel.template
    else:
        function, template = panel.sql_function, panel.template
    return Part(function, template, panel.prepare, panel.order) if function else None
