"""The frame around pages: switches, navigation, error pages, built files."""

import json
import re
from http import HTTPStatus

import pytest
from django.test import RequestFactory, override_settings

from yimaqing.ui import errors, vite


def test_large_type_is_switched_on_and_off_without_script(client):
    on = client.post("/ui/large-type", {"next": "/login/?a=1"})
    assert on.url == "/login/?a=1"
    assert 'data-type="large"' in client.get("/login/").content.decode()
    client.post("/ui/large-type", {"next": "/login/"})
    assert 'data-type="large"' not in client.get("/login/").content.decode()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_the_switch_leads_nowhere_else(client, target):
    assert client.post("/ui/large-type", {"next": target}).url == "/"


@pytest.mark.parametrize(
    ("language", "said"), [("zh-CN", "请返回上一页"), ("en", "Go back and use the button there")]
)
def test_an_address_for_buttons_that_is_opened_as_a_link_says_how_to_go_on(client, language, said):
    response = client.get("/ui/large-type", headers={"Accept-Language": language})
    assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert response["Allow"] == "POST"
    assert said in response.content.decode()


def test_the_language_switch_names_the_other_language(client):
    chinese = client.get("/login/", headers={"Accept-Language": "zh-CN"}).content.decode()
    assert '<html lang="zh-Hans"' in chinese
    assert ">English</button>" in chinese
    client.post("/i18n/setlang/", {"language": "en", "next": "/login/"})
    assert '<html lang="en"' in client.get("/login/").content.decode()


def test_demo_pages_say_so_and_others_do_not(client):
    with override_settings(DEMO=True):
        assert (
            "演示数据" in client.get("/login/", headers={"Accept-Language": "zh"}).content.decode()
        )
    assert "演示数据" not in client.get("/login/").content.decode()


def test_no_page_part_asks_for_inline_script_or_style(client):
    page = client.get("/login/").content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", page)
    assert not re.search(r"\s(on[a-z]+|style)=", page)


@pytest.mark.parametrize("handler", [errors.forbidden, errors.not_found, errors.broken])
def test_error_pages_say_what_to_do_next(handler):
    answer = handler(RequestFactory().get("/x"))
    text = answer.content.decode()
    assert "请" in text
    assert 'href="/"' in text


def test_a_refusal_shows_its_reason():
    request = RequestFactory().get("/x")
    answer = errors.forbidden(request, PermissionError("只有县级管理员可以导入。"))
    assert "只有县级管理员可以导入。" in answer.content.decode()


def test_the_number_on_the_page_is_in_the_log(caplog):
    text = errors.broken(RequestFactory().get("/x")).content.decode()
    number = re.search(r"编号 (\w{8})", text)
    assert number is not None
    assert number[1] in caplog.text


def test_error_pages_stand_without_the_built_files(monkeypatch, tmp_path):
    monkeypatch.setattr(vite, "BUILD", tmp_path)
    assert errors.not_found(RequestFactory().get("/x")).status_code == HTTPStatus.NOT_FOUND


def test_a_missing_build_names_its_remedy(monkeypatch, tmp_path):
    monkeypatch.setattr(vite, "BUILD", tmp_path)
    with pytest.raises(vite.AssetsNotBuilt, match="npm run build"):
        vite.tags("app")
    with pytest.raises(vite.AssetsNotBuilt):
        vite.styles("app")


def test_a_server_names_the_files_that_it_serves_and_a_developers_the_newest(tmp_path):
    manifest = tmp_path / "build" / "manifest.json"
    manifest.parent.mkdir()
    copied = {"name": "app", "isEntry": True, "file": "a.js", "css": ["assets/app-copied.css"]}
    manifest.write_text(json.dumps({"app": copied}))
    with override_settings(STATIC_ROOT=tmp_path):
        assert "app-copied.css" in vite.styles("app")
        with override_settings(DEBUG=True):
            assert "app-copied.css" not in vite.styles("app")


def test_an_entry_that_was_never_built_is_named():
    with pytest.raises(vite.AssetsNotBuilt, match="no-such-entry"):
        vite.tags("no-such-entry")


@pytest.mark.parametrize("handler", [errors.forbidden, errors.not_found, errors.broken])
def test_error_pages_say_that_the_data_are_made_up_and_keep_the_readers_size(
    handler, settings_override
):
    request = RequestFactory().get("/x")
    request.COOKIES["yimaqing_large_type"] = "1"
    with settings_override(DEMO=True):
        text = handler(request).content.decode()
    assert "演示数据" in text
    assert 'data-type="large"' in text
    assert "演示数据" not in handler(RequestFactory().get("/x")).content.decode()
