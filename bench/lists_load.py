"""Clients over HTTP that ask for pages of several kinds, and time each kind by itself."""

from __future__ import annotations

import asyncio
import random
import re
import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Asked:
    """One request: its kind, and what is sent. ``weight``: how often among the others."""

    kind: str
    method: str
    path: str
    headers: tuple[str, ...]
    body: bytes = b""
    weight: int = 1
    right: tuple[int, ...] = field(default=(200,))

    def raw(self) -> bytes:
        """The bytes of the request."""
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: 127.0.0.1", *self.headers]
        if self.body:
            lines.append("Content-Type: application/x-www-form-urlencoded")
        if self.method == "POST":
            lines.append(f"Content-Length: {len(self.body)}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + self.body


@dataclass(frozen=True)
class Timed:
    """What one answer took."""

    kind: str
    ms: float
    failed: bool


def drive(port: int, asked: list[Asked], clients: int, seconds: float) -> list[Timed]:
    """Ask 127.0.0.1:port for ``seconds``: each client again at once, drawn at random."""
    return asyncio.run(_all(port, asked, clients, seconds))


async def _all(port: int, asked: list[Asked], clients: int, seconds: float) -> list[Timed]:
    until = time.perf_counter() + seconds
    dice = [random.Random(n) for n in range(clients)]  # noqa: S311 - which page comes next
    found = await asyncio.gather(*(_client(port, asked, until, one) for one in dice))
    return [timed for part in found for timed in part]


async def _client(port: int, asked: list[Asked], until: float, dice: random.Random) -> list[Timed]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    weights = [one.weight for one in asked]
    times: list[Timed] = []
    while (began := time.perf_counter()) < until:
        (one,) = dice.choices(asked, weights)
        writer.write(one.raw())
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        await reader.readexactly(int(length[1]) if length else 0)
        failed = int(head[9:12]) not in one.right
        if failed:
            print(f"  {head[:12]!r} {one.kind} {one.path[:90]}", flush=True)
        times.append(Timed(one.kind, (time.perf_counter() - began) * 1000, failed))
    writer.close()
    return times


def percentile(values: list[float], share: int) -> float:
    """The value below which that many of a hundred lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) * share // 100, len(ordered) - 1)]
