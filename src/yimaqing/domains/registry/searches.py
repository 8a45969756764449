"""Ways to search the register: by name, pinyin, ID number, phone, household number, address.

Whatever is found stays within the scope of the connection; every condition can use an index
under row-level security (docs/decisions/0002).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pypinyin.constants import PINYIN_DICT
from pypinyin.contrib.tone_convert import to_normal

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import ALL
from yimaqing.domains.registry import permissions
from yimaqing.domains.registry.queries import HouseholdLine, lines_of
from yimaqing.kit.crypto import keyring
from yimaqing.kit.ids import mask_name, normal_id_number
from yimaqing.kit.listing import Hit, Search
from yimaqing.kit.rowscope import WALK, Scope, planned

_PERSON = "SELECT p.id, p.household_id, p.name FROM registry_person p"
_HEAD = "SELECT h.id, h.id, h.head_name FROM registry_household h"
_MOST_INITIALS, _LONGEST_SYLLABLE, _MOST_READINGS = 4, 6, 40


def by_name(text: str, scope: Scope, viewer: User, most: int) -> list[Hit]:
    """Members whose name holds the text: by pairs of characters, which the grams keep."""
    word = text.strip()
    if not word or word.isascii() or any(one.isspace() or one.isdigit() for one in word):
        return []
    pairs = [word[n : n + 2] for n in range(max(len(word) - 1, 1))]
    low, high = scope.hull
    holds = (
        "SELECT g.place_code, g.person_id FROM registry_persongram g"
        " WHERE g.gram = %s AND g.place_code >= %s AND g.place_code < %s"
    )
    whole = " AND strpos(p.name, %s) > 0" if len(pairs) > 1 else ""
    sql = (
        f"SELECT p.id, p.household_id, p.name FROM ({' INTERSECT '.join([holds] * len(pairs))}) g"
        " JOIN registry_person p ON p.id = g.person_id AND p.place_code = g.place_code"
        f" WHERE p.valid{whole} ORDER BY g.place_code, g.person_id LIMIT %s"
    )
    values: list[Any] = [part for pair in pairs for part in (pair, low, high)]
    values += [*([word] if whole else []), most]
    return _members(_fetched(sql, values), viewer, _("姓名"))


def by_pinyin(text: str, _scope: Scope, viewer: User, most: int) -> list[Hit]:
    """Members by the initials of their name (zsf), or its pinyin with or without spaces."""
    word = " ".join(text.lower().split())
    letters = word.replace(" ", "")
    if not letters or not (letters.isascii() and letters.isalpha()):
        return []
    found: list[tuple[Any, ...]] = []
    if " " not in word and len(letters) <= _MOST_INITIALS:
        sql = (
            f"{_PERSON} WHERE p.name_initials >= %s AND p.name_initials < %s AND p.valid"
            " ORDER BY p.name_initials LIMIT %s"
        )
        end = letters[:-1] + chr(ord(letters[-1]) + 1)
        found += _fetched(sql, [letters, end, most], WALK)
    readings = [word] if " " in word else syllables_of(letters)
    for reading in readings[:_MOST_READINGS]:
        if len(found) >= most:
            break
        sql = (
            f"{_PERSON} WHERE p.name_pinyin >= %s AND p.name_pinyin < %s AND p.valid"
            " ORDER BY p.name_pinyin, p.id LIMIT %s"
        )
        found += _fetched(sql, [reading, reading + "!", most - len(found)], WALK)
    unique = {row[0]: row for row in found}
    return _members(list(unique.values())[:most], viewer, _("姓名拼音"))


def by_sealed(text: str, _scope: Scope, viewer: User, most: int) -> list[Hit]:
    """Whose ID number (15 or 18 digits) or phone it is, told to who may see numbers there."""
    word = normal_id_number(text)
    if not (word.isascii() and any(one.isdigit() for one in word)) or len(word) < _SHORTEST:
        return []
    ring = keyring(settings.DATA_KEYS)
    number = ring.index(word, purpose=b"registry_person.id_number")
    phone = ring.index(word, purpose=b"registry_person.phone")
    of_member = "WHERE p.valid AND"
    hits: list[Hit] = []
    for sql, value, why in (
        (f"{_PERSON} {of_member} p.id_number_index = %s LIMIT %s", number, _("证件号码")),
        (f"{_PERSON} {of_member} p.phone_index = %s LIMIT %s", phone, _("电话")),
        (
            f"{_HEAD} WHERE h.valid AND h.phone_index = %s LIMIT %s",
            ring.index(word, purpose=b"registry_household.phone"),
            _("户联系电话"),
        ),
    ):
        hits += _members(_fetched(sql, [value, most]), viewer, why, only_all=True)
    return hits


def by_household_number(text: str, _scope: Scope, viewer: User, most: int) -> list[Hit]:
    """The household with this register number."""
    word = normal_id_number(text)
    if not (word.isascii() and word.isdigit() and len(word) == 14 and word.startswith("86")):
        return []
    sql = "SELECT id, id, head_name FROM registry_household WHERE household_number = %s LIMIT %s"
    return _members(_fetched(sql, [word, most]), viewer, _("户编号"))


def by_address(text: str, scope: Scope, viewer: User, most: int) -> list[Hit]:
    """Households whose address holds the text, by the streets and hamlets of the villages."""
    word = text.strip()
    stem = stem_of(word)
    if len(stem) < 2 or stem.isascii():
        return []
    low, high = scope.hull
    sql = (
        "SELECT h.id, h.id, h.head_name FROM registry_addressstem s JOIN registry_household h"
        " ON h.place_code = s.place_code AND strpos(h.address, %s) > 0"
        " WHERE s.place_code >= %s AND s.place_code < %s AND strpos(s.stem, %s) > 0 AND h.valid"
        " LIMIT %s"
    )
    rows = _fetched(sql, [word, low, high, stem, most])
    if scope.household_ids:  # a helper sees no stems: they are of whole villages
        own = f"{_HEAD} WHERE h.valid AND h.id = ANY(%s::bigint[]) AND strpos(h.address, %s) > 0"
        rows += _fetched(f"{own} LIMIT %s", [list(scope.household_ids), word, most])
    found = {row[0]: row for row in rows}
    hits = _members(list(found.values()), viewer, _("住址"), needs="address")
    return hits[:most]


def stem_of(address: str) -> str:
    """What stands before the first digit: streets and hamlets are few, their numbers many."""
    for at, one in enumerate(address):
        if one.isdigit():
            return address[:at].strip()
    return address.strip()


def syllables_of(letters: str) -> list[str]:
    """Every way to read letters as pinyin: xian → ``xian``, ``xi an``; fewest syllables first."""
    known = _syllables()
    readings: list[list[list[str]]] = [[[]]]
    for end in range(1, len(letters) + 1):
        here: list[list[str]] = []
        for begin in range(max(0, end - _LONGEST_SYLLABLE), end):
            piece = letters[begin:end]
            if piece in known:
                here += [[*before, piece] for before in readings[begin][:_MOST_READINGS]]
        readings.append(here)
    return [" ".join(one) for one in sorted(readings[-1], key=len)]


@cache
def _syllables() -> frozenset[str]:
    toned = {one for values in PINYIN_DICT.values() for one in values.split(",")}
    plain = {to_normal(one) for one in toned}
    return frozenset(one for one in plain if one.isascii() and _VOWELS & set(one))


_VOWELS = frozenset("aeiouv")  # n and hm are interjections, and no name's
_SHORTEST = 7  # a number of a town's telephone


def _members(
    found: Sequence[tuple[Any, ...]],
    viewer: User,
    why: str,
    *,
    only_all: bool = False,
    needs: str = "members",
) -> list[Hit]:
    """Lines for (number, household, name), in their order; names masked as on every list."""
    lines = {one.household_id: one for one in lines_of(_households(found), viewer=viewer)}
    return [
        _hit(lines[household], name, why)
        for _id, household, name in found
        if household in lines
        and needs in lines[household].columns
        and (lines[household].columns is ALL or not only_all)
    ]


def _households(found: Iterable[tuple[Any, ...]]) -> list[int]:
    return list(dict.fromkeys(row[1] for row in found))


def _hit(line: HouseholdLine, name: str, why: str) -> Hit:
    masked = mask_name(name)
    head = _("户主 %(name)s") % {"name": line.head_masked}
    title = masked if masked == line.head_masked else f"{masked} · {head}"
    detail = " · ".join(part for part in (line.place_name, line.door) if part)
    address = reverse("registry:file", args=[line.household_id])
    return Hit(title, detail, why, f"{address}?from=list")


def _fetched(sql: str, values: Sequence[Any], way: str = "") -> list[tuple[Any, ...]]:
    with planned(way), connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return list(cursor.fetchall())


searches = [
    Search("name", gettext_lazy("姓名"), permissions.READ, by_name),
    Search("pinyin", gettext_lazy("姓名拼音"), permissions.READ, by_pinyin),
    Search("sealed", gettext_lazy("证件号码、电话"), permissions.READ, by_sealed),
    Search("household_number", gettext_lazy("户编号"), permissions.READ, by_household_number),
    Search("address", gettext_lazy("住址"), permissions.READ, by_address),
]
