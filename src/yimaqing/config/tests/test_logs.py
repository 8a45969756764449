"""What fails at somebody's row does not put him into the log."""

import logging

import psycopg
import pytest
from django.db import connections

from yimaqing.config.logs import Discreet

NAME = "王秀英\n\n住村西头"
FAILING = {
    "copy": ("COPY kept (name, born) FROM STDIN", [[NAME]]),
    "unique": ("COPY kept (name, born) FROM STDIN", [[NAME, "1961-01-01"]] * 2),
}


def fails(statement, rows):
    """As in a batch: what went wrong at the database, behind what its program made of it."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE TABLE kept (name text PRIMARY KEY, born date)")
        try:
            with cursor.copy(statement) as copy:
                for row in rows:
                    copy.write_row(row)
        except psycopg.Error as error:
            raise RuntimeError("batch 7") from error


@pytest.fixture(params=FAILING)
def failure(database, request):
    """A record of a statement that failed at a row, as a logger would make it."""
    with pytest.raises(RuntimeError) as failed:
        fails(*FAILING[request.param])
    outer = failed.value
    info = (RuntimeError, outer, outer.__traceback__)
    return logging.LogRecord("x", 40, "x", 1, f"job: {outer.__cause__}", (), info)


def test_the_log_says_what_failed_but_not_at_whom(failure):
    plain = logging.Formatter("{message}", style="{").format(failure)
    assert "王秀英" in plain, "what the formatter is for"
    failure.exc_text = None
    text = Discreet("{message}", style="{").format(failure)
    assert "王秀英" not in text
    assert "村西头" not in text
    assert "RuntimeError: batch 7" in text
    assert "missing data for column" in text or "duplicate key value" in text
    assert "Traceback" in text


def test_it_is_the_formatter_of_every_log():
    held = [h.formatter for h in logging.getLogger().handlers if type(h) is logging.StreamHandler]
    assert held
    assert {type(formatter) for formatter in held} == {Discreet}
