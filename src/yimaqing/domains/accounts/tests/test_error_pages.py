"""Who is refused a page keeps his menu; a menu that fails takes no error page with it."""

from http import HTTPStatus

import pytest
from django.db import connection

from yimaqing.domains.accounts.factories import make_user
from yimaqing.ui.context import UiContext


@pytest.mark.parametrize(
    ("path", "status"),
    [("/no-such-page/", HTTPStatus.NOT_FOUND), ("/users/", HTTPStatus.FORBIDDEN)],
)
def test_a_logged_in_reader_keeps_the_menu_on_an_error_page(client, database, path, status):
    client.force_login(make_user("village_worker", "141124104201", display_name="李明"))
    answer = client.get(path)
    text = answer.content.decode()
    assert answer.status_code == status
    assert 'href="/households/"' in text
    assert "李明" in text
    assert 'name="csrfmiddlewaretoken"' in text


@pytest.mark.parametrize("path", ["/no-such-page/", "/no-such-page"])
def test_a_stranger_has_no_menu_on_an_error_page(client, database, path):
    answer = client.get(path)
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "topnav" not in answer.content.decode()


def test_an_error_page_stands_when_its_menu_fails(client, database, monkeypatch, caplog):
    client.force_login(make_user("village_worker", "141124104201"))

    def fail(_self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")

    monkeypatch.setattr(UiContext, "nav", property(fail))
    answer = client.get("/no-such-page/")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "topnav" not in answer.content.decode()
    assert "without its menu" in caplog.text
