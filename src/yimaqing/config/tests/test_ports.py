"""A second installation on a port that is taken says so, and starts nothing."""

import socket
from contextlib import contextmanager

import pytest
from click.testing import CliRunner
from django.test import override_settings

from yimaqing.config import ports
from yimaqing.config.commands import services
from yimaqing.config.demo import demo
from yimaqing.config.doctor.findings import fine
from yimaqing.config.supervision import Supervisor


@contextmanager
def listener():
    """Somebody who listens as a web server does, sharing the port; gives the port."""
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def free_port():
    with listener() as port:
        return port


@pytest.fixture(autouse=True)
def sound_keys(monkeypatch):
    """The tests' settings come without the keys that an installation has."""
    for name in ("secret_key", "data_key"):
        monkeypatch.setattr(services, name, lambda: fine("key", "there"))


@pytest.mark.parametrize("option", ["--port", "--scan-port"])
def test_serve_names_the_option_and_starts_nothing(option, monkeypatch):
    monkeypatch.setattr(services, "supervisor", lambda *_: pytest.fail("started"))
    other = {"--port": "--scan-port", "--scan-port": "--port"}[option]
    with listener() as port:
        done = CliRunner().invoke(services.serve, [option, str(port), other, str(free_port())])
    assert done.exit_code == 2
    assert f"端口 {port} 已被占用：用 {option} 换一个" in done.output
    assert f"port {port} is in use: choose another with {option}" in done.output
    assert done.output.count("\n") == 1


def test_a_service_alone_needs_its_own_port_only(monkeypatch):
    class Started(Exception):
        pass

    def start(*_arguments):
        raise Started

    monkeypatch.setattr(services, "supervisor", start)
    with listener() as port:
        done = CliRunner().invoke(services.serve, ["--only", "jobs", "--port", str(port)])
    assert isinstance(done.exception, Started)


def test_the_demo_makes_nothing_when_its_port_is_taken(tmp_path, monkeypatch):
    monkeypatch.setenv("YIMAQING_HOME", str(tmp_path / "home"))
    with listener() as port:
        done = CliRunner().invoke(demo, ["--port", str(port)])
    assert done.exit_code == 2
    assert f"端口 {port} 已被占用" in done.output
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("demo_is_on", [True, False])
def test_the_end_of_a_demo_says_how_to_stop_its_database(demo_is_on, monkeypatch):
    monkeypatch.setattr(services, "supervisor", lambda *_: Supervisor([], stopping=True))
    with override_settings(DEMO=demo_is_on):
        done = CliRunner().invoke(services.serve, ["--only", "jobs"])
    assert done.exit_code == 0
    assert ("yimaqing db stop" in done.output) == demo_is_on


def test_an_address_that_is_not_here_is_said_in_a_line():
    with pytest.raises(ports.PortTaken, match=r"192\.0\.2\.1"):
        ports.require_free("192.0.2.1", {"--port": free_port()})
