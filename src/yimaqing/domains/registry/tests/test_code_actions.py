"""Issuing, replacing and ending codes: by command, by action, and on the household's file."""

import json

import pytest
from click.testing import CliRunner
from django.db import IntegrityError, ProgrammingError

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.codes.actions import (
    AlreadyIssued,
    CodeNotActive,
    ReasonMissing,
    UnknownSubject,
    issue,
    issue_subtree,
    reissue,
    revoke,
)
from yimaqing.domains.codes.commands import codes as codes_command
from yimaqing.domains.codes.models import Code
from yimaqing.domains.codes.queries import active_code, codes_of, find_code
from yimaqing.domains.codes.tokens import printed_number
from yimaqing.domains.registry.factories import make_household
from yimaqing.domains.registry.tests.card_village import (
    COUNTY,
    NEXT_VILLAGE,
    PREFECTURE,
    VILLAGE,
    build,
)
from yimaqing.kit.rowscope import Scope, scoped

SYSTEM = {"by": None, "actor": "system:test", "using": "owner"}


@pytest.fixture
def village(database):
    return build()


def log_in(client, user):
    client.force_login(User.objects.get(pk=user.pk))


def test_a_subtree_gets_what_is_missing_and_one_audit_row(village):
    make_household(place_code=NEXT_VILLAGE, head_name="赵六")
    gone = make_household(place_code=NEXT_VILLAGE, head_name="已销户", valid=False)
    made = issue_subtree(place_code=PREFECTURE, level=2, **SYSTEM)
    assert made == {"county": 1, "township": 1, "village": 2, "household": 1}
    assert issue_subtree(place_code=PREFECTURE, level=2, **SYSTEM) == dict.fromkeys(made, 0)
    assert not codes_of("household", NEXT_VILLAGE, gone.pk, "owner").exists()
    rows = Entry.objects.using("owner").filter(action="codes.subtree_issued").order_by("id")
    assert [row.after for row in rows] == [made, dict.fromkeys(made, 0)]


def test_a_code_that_was_revoked_on_purpose_does_not_come_back_by_the_dozen(village):
    revoke(code=village.poor_code, reason="户主要求", **SYSTEM)
    assert issue_subtree(place_code=COUNTY, level=3, **SYSTEM)["household"] == 0
    assert reissue(code=village.poor_code, reason="户主又要", **SYSTEM).state == "active"


def test_an_officer_issues_within_his_scope_only(village):
    make_household(place_code=NEXT_VILLAGE, head_name="赵六")
    worker, officer = village.users["worker"], village.users["county"]
    with scoped(scope_of(worker)):
        assert issue_subtree(place_code=VILLAGE, level=5, by=worker)["village"] == 1
    with pytest.raises(ProgrammingError, match="row-level security"), scoped(scope_of(worker)):
        issue_subtree(place_code=COUNTY, level=3, by=worker)
    with scoped(scope_of(officer)):
        made = issue_subtree(place_code=COUNTY, level=3, by=officer)
    assert made == {"county": 1, "township": 1, "village": 1, "household": 1}


def test_one_active_code_for_a_subject(village):
    with pytest.raises(AlreadyIssued):
        issue(kind="household", place_code=VILLAGE, subject_id=village.poor.pk, **SYSTEM)
    with pytest.raises(IntegrityError):
        Code.objects.using("owner").create(
            token="x", kind="household", place_code=VILLAGE, subject_id=village.poor.pk,
            household_id=village.poor.pk, issued_by="system:test",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "place", "subject"),
    [("household", NEXT_VILLAGE, None), ("household", VILLAGE, 999_999), ("village", COUNTY, 0),
     ("kitchen", VILLAGE, 0)],
)  # fmt: skip
def test_no_code_for_what_is_not_there(village, kind, place, subject):
    subject = village.poor.pk if subject is None else subject
    with pytest.raises(UnknownSubject):
        issue(kind=kind, place_code=place, subject_id=subject, **SYSTEM)


def test_replacing_keeps_the_chain_and_needs_a_reason(village):
    with pytest.raises(ReasonMissing):
        reissue(code=village.poor_code, reason="  ", **SYSTEM)
    new = reissue(code=village.poor_code, reason="标签污损", **SYSTEM)
    old = Code.objects.using("owner").get(pk=village.poor_code.pk)
    assert (old.state, old.replaced_by_id, old.reason) == ("replaced", new.pk, "标签污损")
    with pytest.raises(CodeNotActive):
        reissue(code=old, reason="再来一次", **SYSTEM)
    with pytest.raises(CodeNotActive):
        revoke(code=old, reason="再来一次", **SYSTEM)
    row = Entry.objects.using("owner").get(action="codes.reissued")
    assert row.before == {"state": "active"}
    assert row.after == {"state": "replaced", "replaced_by": new.pk, "reason": "标签污损"}


def test_nothing_is_written_when_the_audit_row_fails(village, monkeypatch):
    def broken(**_):
        raise RuntimeError("no trail, no act")

    monkeypatch.setattr("yimaqing.domains.codes.actions.single.record", broken)
    with pytest.raises(RuntimeError):
        revoke(code=village.poor_code, reason="户主要求", **SYSTEM)
    assert Code.objects.using("owner").get(pk=village.poor_code.pk).state == "active"


def test_codes_are_seen_within_scope_only(village):
    with scoped(Scope.nothing()):
        assert not Code.objects.exists()
    with scoped(scope_of(village.users["neighbour"])):
        assert not Code.objects.exists()
    with scoped(scope_of(village.users["helper"])):
        assert [c.pk for c in Code.objects.all()] == [village.poor_code.pk]


def test_a_code_is_found_by_address_token_and_number(village):
    code = village.poor_code
    for said in (code.token, code.token.upper(), f"https://ym.cn/c/{code.token}/",
                 printed_number(code.pk)):  # fmt: skip
        assert find_code(said, "owner").pk == code.pk
    assert find_code("000-000-001-0", "owner") is None


def test_the_operators_commands(village):
    def run(*arguments):
        return CliRunner().invoke(codes_command, arguments)

    assert json.loads(run("issue", COUNTY, "--json").stdout)["issued"]["village"] == 2
    assert run("issue", "999999999999").exit_code == 2
    shown = json.loads(run("show", village.poor_code.token, "--json").output)
    assert (shown["kind"], shown["state"]) == ("household", "active")
    assert "not printable" in shown["address"]
    assert run("revoke", village.poor_code.token, "--reason", "户主要求").exit_code == 0
    assert run("revoke", village.poor_code.token, "--reason", "户主要求").exit_code == 2
    assert run("show", "nonsense").exit_code == 2
    assert run("reissue", village.other_code.token, "--reason", "污损").exit_code == 0
    assert active_code("household", VILLAGE, village.other.pk, "owner") is not None


def test_the_symbol_on_the_file(client, village, settings_override):
    log_in(client, village.users["worker"])
    address = f"/codes/{village.poor_code.pk}/qr"
    with settings_override(PUBLIC_URL="https://ym.luliang.gov.cn"):
        image = client.get(f"{address}.svg")
        assert (image.status_code, image["Content-Type"]) == (200, "image/svg+xml")
        png = client.get(f"{address}.png")
        assert png.content.startswith(b"\x89PNG")
        page = client.get(f"/households/{village.poor.pk}/").content.decode()
        assert f"{address}.svg" in page
        assert printed_number(village.poor_code.pk) in page


def test_a_private_address_gives_a_notice_in_the_symbols_place(client, village, settings_override):
    log_in(client, village.users["worker"])
    address = f"/codes/{village.poor_code.pk}/qr"
    with settings_override(PUBLIC_URL="http://10.0.0.5"):
        svg, png = client.get(f"{address}.svg"), client.get(f"{address}.png")
        page = client.get(f"/households/{village.poor.pk}/").content.decode()
    assert (svg.status_code, png.status_code) == (409, 409)
    assert "内网地址" in svg.content.decode()
    assert "YIMAQING_PUBLIC_URL" in png.content.decode()
    assert "内网地址" in page
    assert "<img" not in page[page.index("二维码") :]


def test_the_symbol_is_for_those_in_scope(client, village):
    address = f"/codes/{village.poor_code.pk}/qr.svg"
    assert client.get(address).status_code == 302
    log_in(client, village.users["neighbour"])
    assert client.get(address).status_code == 404


def test_a_county_officer_replaces_and_ends_a_code_on_the_file(client, village):
    log_in(client, village.users["county"])
    file = f"/households/{village.poor.pk}/"
    assert "换发新码" in client.get(file).content.decode()
    asked = client.post(
        f"/codes/{village.poor_code.pk}/reissue/", {"reason": "标签污损", "next": file}
    )
    assert asked["Location"] == file
    new = active_code("household", VILLAGE, village.poor.pk, "owner")
    assert new.pk != village.poor_code.pk
    assert new.issued_by == f"user:{village.users['county'].pk}"
    client.post(f"/codes/{new.pk}/revoke/", {"reason": "短", "next": file})
    assert active_code("household", VILLAGE, village.poor.pk, "owner").pk == new.pk
    client.post(f"/codes/{new.pk}/revoke/", {"reason": "户主书面要求", "next": "//evil.cn"})
    assert active_code("household", VILLAGE, village.poor.pk, "owner") is None
    assert "目前没有有效的码" in client.get(file).content.decode()


def test_a_worker_without_the_right_cannot(client, village):
    log_in(client, village.users["worker"])
    code = village.poor_code
    reason = {"reason": "标签污损", "next": "/"}
    assert client.post(f"/codes/{code.pk}/reissue/", reason).status_code == 403
    assert client.post(f"/codes/{code.pk}/revoke/", reason).status_code == 403
    assert client.get(f"/codes/{code.pk}/revoke/").status_code == 405


def test_a_code_is_issued_on_the_file_and_only_for_what_is_there(client, village):
    fresh = make_household(place_code=VILLAGE, head_name="新来户")
    log_in(client, village.users["county"])
    form = {"kind": "household", "place_code": VILLAGE, "subject_id": fresh.pk, "next": "/"}
    assert client.post("/codes/issue/", form).status_code == 302
    assert active_code("household", VILLAGE, fresh.pk, "owner") is not None
    form["subject_id"] = 999_999
    assert client.post("/codes/issue/", form).status_code == 404
    form |= {"place_code": "x"}
    assert client.post("/codes/issue/", form).status_code == 404


@pytest.mark.parametrize(
    ("address", "demo", "warned"),
    [
        ("http://127.0.0.1:8000", False, True),
        ("http://192.168.1.9", False, True),
        ("http://127.0.0.1:8000", True, False),
        ("https://ym.luliang.gov.cn", False, False),
    ],
)
def test_issuing_warns_of_an_address_that_no_phone_reaches(
    village, settings, address, demo, warned
):
    settings.PUBLIC_URL, settings.DEMO = address, demo
    done = CliRunner().invoke(codes_command, ["issue", COUNTY, "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["issued"]["village"] == 2
    assert ("YIMAQING_PUBLIC_URL" in done.stderr) is warned
