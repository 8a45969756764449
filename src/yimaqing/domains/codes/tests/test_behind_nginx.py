"""The nginx configuration that we ship keeps tokens out of logs and lets sheets through."""

import re
from pathlib import Path

import pytest

from yimaqing.domains.intake.reading.formats import MOST_BYTES

TEXT = (Path(__file__).parents[5] / "deploy" / "nginx.conf").read_text(encoding="utf-8")
CONF = re.sub(r"\s#.*|^#.*", "", TEXT, flags=re.MULTILINE)


def location(name):
    return CONF.split(f"location {name} {{")[1].split("}")[0]


def unlogged(path):
    (pattern,) = re.findall(r"~(\S+)\s+0;", CONF)
    return re.search(pattern, path) is not None


def test_a_scan_is_in_no_log():
    assert unlogged("/c/4ru9vtrhrdf3fqa9")
    assert not unlogged("/cockpit/")
    servers = CONF.count("server {")
    assert CONF.count("access_log /") == CONF.count("yimaqing if=$yimaqing_logged;") == servers
    (line,) = re.findall(r"log_format yimaqing '(.*)'", CONF)
    assert not re.search(r"\$(request|request_uri|args|http_referer)\b", line)
    for name in ("/c/", "/login/"):
        assert re.search(r"error_log \S+ crit;", location(name))


def test_a_sheet_of_the_largest_size_is_refused_by_the_product_not_by_a_bare_413():
    (megabytes,) = re.findall(r"client_max_body_size (\d+)m;", location("/imports/"))
    assert int(megabytes) * 1024**2 > MOST_BYTES


@pytest.mark.parametrize("name", ["/c/", "/login/", "/imports/", "/"])
def test_pages_are_not_compressed(name):
    assert "gzip" not in location(name)
    assert re.search(r"^    gzip off;", CONF, re.MULTILINE)
