"""Whether a port is free, asked before anything is started.

Web servers share ports among their workers (SO_REUSEPORT), so that a second installation
would not fail but take half of the first one's visitors.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Mapping


class PortTaken(RuntimeError):
    """A port cannot be listened at; the message says why and what to do, in one line."""


def require_free(host: str, ports: Mapping[str, int]) -> None:
    """Raise PortTaken for the first of ``ports`` (by the option that sets it) that is not free."""
    for option, port in ports.items():
        try:
            _listen_briefly(host, port)
        except OSError as error:
            raise PortTaken(_why(error, host, port, option)) from error


def _listen_briefly(host: str, port: int) -> None:
    family, kind, _protocol, _name, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, kind) as probe:
        # Not held up by connections that ended a moment ago; one who listens is still in the way.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
        probe.listen(1)


def _why(error: OSError, host: str, port: int, option: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"端口 {port} 已被占用：用 {option} 换一个"
            f" port {port} is in use: choose another with {option}"
        )
    return f"不能监听 cannot listen at {host}:{port}: {error.strerror}"
