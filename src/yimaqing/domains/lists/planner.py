"""How the planner is led to a list's rows. Under row-level security it takes any scope for half
a percent of the rows, and plans accordingly badly (docs/decisions/0019).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

from yimaqing.domains.lists.asking import Question
from yimaqing.kit.listing import Listing

#: For the planner, which takes any scope for half a percent of the rows: along the index of the
#: order. Measured: 9 ms instead of 530 (docs/decisions/0019).
WALK = "SET LOCAL enable_sort = off"
#: The rows of a page by their numbers, and not by place: 2 ms instead of 45.
FETCH = "SET LOCAL enable_seqscan = off; SET LOCAL cpu_index_tuple_cost = 1"
#: By the block ranges that can hold the values, and not by place: 2 ms instead of 70.
SIEVE = (
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off;"
    " SET LOCAL enable_indexonlyscan = off; SET LOCAL random_page_cost = 0;"
    " SET LOCAL seq_page_cost = 0; SET LOCAL cpu_tuple_cost = 0;"
    " SET LOCAL cpu_index_tuple_cost = 1"
)


def way_of(listing: Listing, question: Question) -> str:
    """How the planner is to find rare rows: as it thinks best where a filter has an index of
    its own, else through the block ranges.
    """
    for name, values in question.filters.items():
        column = listing.column(name)
        if column and values and (column.purpose or column.within or column.join):
            return ""
    return SIEVE if question.filters else ""


@contextmanager
def planned(way: str, using: str) -> Iterator[None]:
    """Planner settings for one statement, and then the usual ones again."""
    if not way:
        yield
        return
    with connections[using].cursor() as cursor:
        cursor.execute(way)
        yield
        cursor.execute(_SETTING.sub(r"\1TO DEFAULT", way))


_SETTING = re.compile(r"(SET LOCAL \w+ )= \w+")
