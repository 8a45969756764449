"""What stands on the labels of a run: read from the codes, their subjects and their places."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connections

from yimaqing.domains.codes.addresses import printable_address
from yimaqing.domains.codes.kinds import cards
from yimaqing.domains.codes.labels.choosing import Place
from yimaqing.domains.codes.labels.layout import Layout
from yimaqing.domains.codes.labels.sheet import Label
from yimaqing.domains.codes.labels.surnames import family_name
from yimaqing.domains.codes.tokens import printed_number
from yimaqing.domains.places.queries import ancestor_codes, names_below, office_phones_below
from yimaqing.kit.ids import PREFIX_LENGTH, subtree_bounds

_COUNTY = 2  # after the province and the prefecture
_LABELS = """
SELECT c.id, c.token, c.place_code, {name}
  FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS wanted (id, number)
  JOIN codes_code c ON c.id = wanted.id {names}
 ORDER BY wanted.number
"""


class Contents:
    """Reads labels of one place; names of its places are read once."""

    def __init__(self, place: Place, layout: Layout, using: str = "default") -> None:
        self._using = using
        self._bounds = subtree_bounds(place.code, place.level)
        self._names = names_below(place.code, place.level, using=using)
        phones = office_phones_below(place.code, place.level, using=using)
        self._phones = phones if layout.calendar else {}
        self._known: dict[str, tuple[tuple[str, ...], tuple[tuple[str, str], ...]]] = {}

    def labels(self, kind: str, code_ids: Sequence[int]) -> list[Label]:
        """Labels of codes in the order given. Raises AddressNotPrintable."""
        sql = cards()[kind].label_sql
        names = (
            f"LEFT JOIN ({sql}) s ON s.place_code = c.place_code AND s.subject_id = c.subject_id"
        )
        low, high = self._bounds
        wanted = _LABELS.format(name="s.name" if sql else "''", names=names if sql else "")
        with connections[self._using].cursor() as cursor:
            cursor.execute(wanted, {"ids": list(code_ids), "low": low, "high": high})
            return [self._label(*row) for row in cursor.fetchall()]

    def _label(self, code_id: int, token: str, place_code: str, name: str | None) -> Label:
        places, phones = self._around(place_code[: PREFIX_LENGTH[5]])
        return Label(
            address=printable_address(token),
            number=printed_number(code_id),
            name=family_name(name or ""),
            places=places,
            phones=phones,
        )

    def _around(self, code: str) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
        """Names from the county down, and office numbers, the nearest first."""
        if code not in self._known:
            above = ancestor_codes(code)
            places = tuple(self._names[one] for one in above[_COUNTY:] if one in self._names)
            phones = [
                (f"{self._names.get(one, '')} {who}".strip(), number)
                for one in reversed(above)
                for who, number in self._phones.get(one, ())
            ]
            self._known[code] = places, tuple(phones)
        return self._known[code]
