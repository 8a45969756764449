"""Which filters an index serves: rare values by it, frequent ones by walking.

What an index leaves out is read from PostgreSQL's own catalogue, so that a changed index changes
the way that lists go.
"""

import re

import pytest
from django.db import connection

from yimaqing.domains.lists.asking import BLANK, Question
from yimaqing.domains.lists.catalogue import listing
from yimaqing.domains.lists.conditions import filters_of
from yimaqing.domains.lists.planner import SIEVE, has_index, left_out_by, way_of
from yimaqing.kit.rowscope import Scope, planned, scoped

SERVED = [
    ("relation", ["mother"]),
    ("relation", ["mother", "father"]),
    ("ethnicity", ["hui"]),
    ("health", ["disabled"]),
    ("student_status", ["junior"]),
    ("work_months", ["6..9"]),
    ("work_months", ["11"]),
    ("minimum_living", ["yes"]),
    ("born_on", ["2019-01-01..2019-06-30"]),
]
WALKED = [
    ("relation", ["head"]),
    ("relation", ["mother", "head"]),
    ("ethnicity", ["han"]),
    ("ethnicity", ["hui", "han"]),
    ("student_status", [BLANK]),
    ("work_months", [BLANK]),
    ("minimum_living", ["no"]),
    ("minimum_living", ["yes", "no"]),
    ("minimum_living", [BLANK]),
    ("education", ["senior"]),
]


def plan(name, values):
    """How PostgreSQL finds these persons when it may not read the whole table."""
    persons = listing("persons")
    question = Question("persons", filters={name: tuple(values)})
    wanted = filters_of(persons, question, by_index=True)
    sql = f"EXPLAIN SELECT t.id FROM {persons.table} t WHERE {' AND '.join(wanted.conditions)}"
    way = "SET LOCAL enable_seqscan = off"
    with scoped(Scope.nothing()), planned(way), connection.cursor() as cursor:
        cursor.execute(sql, list(wanted.values))
        return "\n".join(row[0] for row in cursor.fetchall())


def by_its_index(name, values):
    index = {"minimum_living": "living", "work_months": "months", "born_on": "born"}.get(name, name)
    return re.search(rf"Scan (using|on) registry_person_{index}\b", plan(name, values)) is not None


@pytest.mark.parametrize(("name", "values"), SERVED)
def test_a_rare_value_is_found_by_its_index(database, name, values):
    question = Question("persons", filters={name: tuple(values)})
    assert way_of(listing("persons"), question) == ""
    assert by_its_index(name, values)


@pytest.mark.parametrize(("name", "values"), WALKED)
def test_what_an_index_leaves_out_is_walked_for(database, name, values):
    question = Question("persons", filters={name: tuple(values)})
    assert way_of(listing("persons"), question) == SIEVE
    assert not by_its_index(name, values)


def test_one_served_filter_leads_the_others(database):
    both = Question("persons", filters={"ethnicity": ("han",), "health": ("disabled",)})
    assert way_of(listing("persons"), both) == ""
    assert not has_index(listing("persons"), "ethnicity", ["han"])


@pytest.mark.parametrize(
    ("predicate", "left_out"),
    [
        (None, set()),
        ("taken", {"no", BLANK}),
        ("(taken IS NOT NULL)", {BLANK}),
        ("(NOT (taken = ''::text))", {BLANK}),
        ("(NOT (taken = ANY (ARRAY['a'::text, 'it''s'::text])))", {"a", "it's"}),
        ("(taken = 'open'::text)", None),
        ("(closed_at IS NULL)", None),
    ],
)
def test_what_is_left_out_is_read_from_the_predicate(predicate, left_out):
    assert left_out_by("taken", predicate) == left_out
