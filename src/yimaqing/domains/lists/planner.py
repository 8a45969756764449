"""How the planner is led to a list's rows. Under row-level security it takes any scope for half
a percent of the rows, and plans accordingly badly (docs/decisions/0019).
"""

from __future__ import annotations

import re
from functools import cache

from django.db import connections

from yimaqing.domains.lists.asking import Question
from yimaqing.kit.listing import Listing

#: By the block ranges that can hold the values, and not by place: 2 ms instead of 70.
SIEVE = (
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off;"
    " SET LOCAL enable_indexonlyscan = off; SET LOCAL random_page_cost = 0;"
    " SET LOCAL seq_page_cost = 0; SET LOCAL cpu_tuple_cost = 0;"
    " SET LOCAL cpu_index_tuple_cost = 1"
)


def has_index(listing: Listing, name: str, using: str = "default") -> bool:
    """Whether the values of a column are found by an index that begins with them."""
    column = listing.column(name)
    if column is None:
        return False
    own = _OWN.fullmatch(column.sql)
    led = own is not None and own[1] in _leading(listing.table, using)
    return led or bool(column.purpose or column.within or column.join)


def way_of(listing: Listing, question: Question, using: str = "default") -> str:
    """How the planner is to find rare rows: as it thinks best where a filter has an index, else
    through the block ranges.
    """
    if any(values and has_index(listing, n, using) for n, values in question.filters.items()):
        return ""
    return SIEVE if question.filters else ""


@cache
def _leading(table: str, using: str) -> frozenset[str]:
    """Columns that an index of the whole table begins with; read once."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " JOIN pg_am m ON m.oid = c.relam AND m.amname = 'btree'"
            " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
            " WHERE i.indrelid = %s::regclass AND i.indpred IS NULL AND i.indisvalid",
            [table],
        )
        return frozenset(str(name) for (name,) in cursor.fetchall())


#: A column of the list's own table, as it stands.
_OWN = re.compile(r't\."?(\w+)"?')
