"""Load over HTTP: wrk where there is one (Debian package wrk), else a client in Python.

Requests are read from a file of lines ``path<TAB>cookie``, drawn at random. The client
shares the machine with what it measures, so it stays light: one thread, few connections.
"""

from __future__ import annotations

import asyncio
import random
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 8
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}

_SCRIPT = """
local requests = {}
function init(args)
  for line in io.lines(args[1]) do
    local path, cookie = line:match("^([^\\t]*)\\t(.*)$")
    local headers = {["Accept-Language"] = "zh-CN,zh;q=0.9"}
    if cookie ~= "" then headers["Cookie"] = cookie end
    requests[#requests + 1] = wrk.format("GET", path, headers)
  end
  math.randomseed(20200819)
end
function request() return requests[math.random(#requests)] end
"""


@dataclass(frozen=True)
class Load:
    """What a run showed; ``failed`` counts answers other than 200 and broken connections."""

    per_second: float
    answered: int
    p50_ms: float
    p99_ms: float
    failed: int
    client: str


def drive(port: int, requests: Path, seconds: int) -> Load:
    """Ask 127.0.0.1:port for ``seconds`` as fast as it answers."""
    if shutil.which("wrk"):
        return _wrk(port, requests, seconds)
    wanted = [_raw(line) for line in requests.read_text(encoding="utf-8").splitlines()]
    return asyncio.run(_python(port, wanted, seconds))


def _wrk(port: int, requests: Path, seconds: int) -> Load:
    script = requests.with_suffix(".lua")
    script.write_text(_SCRIPT, encoding="utf-8")
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", str(script)]
    command += [f"http://127.0.0.1:{port}", "--", str(requests)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    broken = re.search(r"Socket errors: (.*)", said)
    counts = [int(n) for n in re.findall(r"\d+", broken[1])] if broken else []
    return Load(
        per_second=float(_one(r"Requests/sec:\s+([\d.]+)", said)),
        answered=int(_one(r"(\d+) requests in", said)),
        p50_ms=_milliseconds(_one(r"(?m)^\s+50%\s+(\S+)", said)),
        p99_ms=_milliseconds(_one(r"(?m)^\s+99%\s+(\S+)", said)),
        failed=(int(refused[1]) if refused else 0) + sum(counts),
        client="wrk",
    )


def _one(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, text
    return found[1]


def _milliseconds(text: str) -> float:
    found = re.fullmatch(r"([\d.]+)(us|ms|s)", text)
    if not found:
        raise RuntimeError(f"the server answered nothing (wrk says {text})")
    return float(found[1]) * _UNITS[found[2]]


async def _python(port: int, wanted: list[bytes], seconds: int) -> Load:
    stop_at = time.perf_counter() + seconds
    clients = [_client(port, wanted, stop_at, random.Random(n)) for n in range(CONNECTIONS)]  # noqa: S311 - which code comes next
    measured = await asyncio.gather(*clients)
    times = sorted(t for one, _ in measured for t in one)
    return Load(
        per_second=len(times) / seconds,
        answered=len(times),
        p50_ms=times[len(times) // 2] * 1000,
        p99_ms=times[int(len(times) * 0.99)] * 1000,
        failed=sum(failed for _, failed in measured),
        client="python",
    )


async def _client(
    port: int, wanted: list[bytes], stop_at: float, dice: random.Random
) -> tuple[list[float], int]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    times: list[float] = []
    failed = 0
    while (began := time.perf_counter()) < stop_at:
        writer.write(dice.choice(wanted))
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        await reader.readexactly(int(length[1]) if length else 0)
        failed += not head.startswith(b"HTTP/1.1 200")
        times.append(time.perf_counter() - began)
    writer.close()
    return times, failed


def _raw(line: str) -> bytes:
    path, _, cookie = line.partition("\t")
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Accept-Language: zh-CN,zh;q=0.9"]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
