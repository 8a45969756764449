"""One transaction around each request, with the scope of its user; see middleware.py."""

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.test import Client, override_settings
from django.urls import include, path

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.accounts.models import Session, User
from yimaqing.domains.registry.factories import make_household
from yimaqing.domains.registry.models import Household
from yimaqing.kit.rowscope import Scope, scoped

HERE = "141124104201"
ELSEWHERE = "141181101201"


def _rename(text):
    User.objects.filter(username="limei").update(office=text)


def rendered(request):
    """Reads the register only while the template is rendered."""
    template = engines["django"].from_string("{{ all.count }}|{{ inside }}")

    def inside():
        return connection.in_atomic_block

    return TemplateResponse(request, template, {"all": Household.objects.all(), "inside": inside})


def streamed(request):
    def lines():
        yield f"{connection.in_atomic_block},{Household.objects.count()}"
        with scoped(Scope.everything()):
            yield f",{Household.objects.count()}"

    return StreamingHttpResponse(lines())


def status(request, code):
    _rename(f"written before {code}")
    request.session["kept"] = code
    return HttpResponse("x", status=code)


def broken(request):
    _rename("written before the error")
    raise ZeroDivisionError


def broken_sql(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")
    return HttpResponse()


def written_elsewhere(request):
    Household.objects.create(
        place_code=ELSEWHERE,
        household_number="86999999999999",
        register_class="archived",
        head_name="张三",
        head_pinyin="zhang san",
        member_count=1,
    )
    return HttpResponse()


urlpatterns = [
    path("rendered", rendered),
    path("streamed", streamed),
    path("status/<int:code>", status),
    path("broken", broken),
    path("broken-sql", broken_sql),
    path("elsewhere", written_elsewhere),
    path("", include("yimaqing.config.urls")),
]
handler500 = "yimaqing.ui.errors.broken"


@pytest.fixture
def worker_client(database):
    make_household(place_code=HERE)
    make_household(place_code=HERE)
    make_household(place_code=ELSEWHERE)
    user = make_user("village_worker", HERE, username="limei")
    client = Client(raise_request_exception=False)
    client.force_login(user)
    with override_settings(ROOT_URLCONF=__name__):
        yield client


def _office():
    return User.objects.using("owner").get(username="limei").office


def test_a_template_response_is_rendered_inside_the_transaction_and_scope(worker_client):
    assert worker_client.get("/rendered").content == b"2|True"


def test_a_stranger_sees_no_row(worker_client):
    assert Client().get("/rendered").content == b"0|True"


def test_a_stream_runs_after_it_and_opens_its_own_scope(worker_client):
    assert b"".join(worker_client.get("/streamed")) == b"False,0,3"


@pytest.mark.parametrize("code", [200, 302, 403, 404])
def test_answers_below_500_keep_what_was_written(worker_client, code):
    worker_client.get(f"/status/{code}")
    assert _office() == f"written before {code}"
    assert worker_client.session["kept"] == code


@pytest.mark.parametrize("address", ["/status/500", "/status/503", "/broken"])
def test_failures_take_everything_back(worker_client, address):
    assert worker_client.get(address).status_code >= 500
    assert _office() == ""
    assert "kept" not in worker_client.session


def test_a_failed_statement_still_gets_a_page_that_says_what_to_do(worker_client):
    answer = worker_client.get("/broken-sql")
    assert answer.status_code == 500
    assert "没有保存" in answer.content.decode()


def test_writing_outside_the_scope_fails_as_a_whole(worker_client):
    assert worker_client.get("/elsewhere").status_code == 500
    assert Household.objects.using("owner").count() == 3


def test_the_scope_ends_with_the_request(worker_client):
    worker_client.get("/rendered")
    assert Household.objects.count() == 0
    assert not connection.in_atomic_block


def test_requests_are_not_wrapped_twice():
    assert not any(c.settings_dict["ATOMIC_REQUESTS"] for c in connections.all())
    within = settings.MIDDLEWARE.index("yimaqing.domains.accounts.middleware.RequestScope")
    assert settings.MIDDLEWARE[within + 1 :] == ["yimaqing.ui.middleware.SayWhatToDo"]


def test_a_user_who_must_change_his_password_sees_nothing_and_nothing_else(worker_client):
    User.objects.filter(username="limei").update(must_change_password=True)
    assert worker_client.get("/rendered").url == "/password/"
    assert worker_client.get("/password/").wsgi_request.scope.ranges == ()


def test_a_session_knows_its_user(worker_client):
    held = Session.objects.get()
    assert held.user_id == User.objects.get(username="limei").pk


def test_no_scope_outlives_a_savepoint_that_fails(worker_client):
    with pytest.raises(ZeroDivisionError), scoped(Scope.everything()), transaction.atomic():
        raise ZeroDivisionError
    assert Household.objects.count() == 0
