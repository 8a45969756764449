"""Being a good service of systemd: pass stop signals on, say when ready."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from types import FrameType


def forward_stop(child: subprocess.Popen[bytes]) -> None:
    """SIGTERM and SIGINT to us are a fast shutdown for the server."""

    def pass_on(_signum: int, _frame: FrameType | None) -> None:
        child.send_signal(signal.SIGINT)

    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGINT, pass_on)


def tell_systemd(message: str) -> None:
    """sd_notify(3): one datagram to the socket that systemd names; silent without one."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.connect("\0" + address[1:] if address.startswith("@") else address)
        channel.sendall(message.encode())
