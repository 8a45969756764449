"""A prefecture's labels: 210,000 household codes on A4 sheets of 24, as PDF.

The product's own path from the asking to the sealed files: which codes, in route order
(written down as printed), surnames and places, symbols, sheets; drawn by two processes. The
baseline, in the same run: the symbols alone, made by the same library and thrown away, by as
many processes. Memory is this process's and its drawing processes' together, the server not
counted. One label of each part is read back by another maker's decoder.
"""

from __future__ import annotations

import shutil
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psycopg

from bench import scan_data
from bench.home import point_django_at
from bench.machine import describe
from bench.memory import PeakMemory

NAME = "labels"
HOME = Path(__file__).resolve().parents[1] / "var" / "bench" / "scan"
SECONDS, MIB = 60, 300
PREFECTURE, LAYOUT, PROCESSES = "141100000000", "24", 2
PUBLIC_URL = "https://ym.luliang.gov.cn"


def run() -> dict[str, Any]:
    """Measure and return the result in the shape of `yimaqing bench`."""
    point_django_at(HOME, PUBLIC_URL)
    cluster = scan_data.prepare(HOME)
    try:
        with psycopg.connect(cluster.urls()["YIMAQING_OWNER_DATABASE_URL"]) as owner:
            owner.execute("TRUNCATE codes_labelrun, codes_labelprint")
            wanted = "SELECT token FROM codes_code WHERE kind = 'household' AND state = 'active'"
            tokens = [token for (token,) in owner.execute(wanted)]
        symbols, codes = _symbols_alone(tokens), len(tokens)
        del tokens
        with PeakMemory(shared_once=True) as memory:
            began = time.monotonic()
            drawn = _print()
            seconds = time.monotonic() - began
        return _result(drawn, seconds, memory.peak_mib, symbols, codes)
    finally:
        cluster.stop()


def _print() -> Any:
    """The run, asked for and drawn as the operator's command does it."""
    from yimaqing.domains.codes.actions import ask_for_labels  # noqa: PLC0415 - settings first
    from yimaqing.domains.codes.labels.choosing import Asked, Place  # noqa: PLC0415
    from yimaqing.domains.codes.labels.printing import print_run  # noqa: PLC0415

    asked = ask_for_labels(
        place=Place(PREFECTURE, 2),
        layout=LAYOUT,
        asked=Asked(only="unprinted"),
        by=None,
        actor="system:bench",
        using="owner",
    )
    return print_run(asked.pk, using="owner", processes=PROCESSES)


def _symbols_alone(tokens: list[str]) -> float:
    """Seconds for the symbols of all tokens, nothing drawn."""
    halves = [tokens[n::PROCESSES] for n in range(PROCESSES)]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        list(pool.map(_symbols, [half[:10] for half in halves]))  # started and imported
        began = time.monotonic()
        list(pool.map(_symbols, halves))
        return time.monotonic() - began


def _symbols(tokens: list[str]) -> int:
    from yimaqing.kit.qr import picture  # noqa: PLC0415 - settings first

    return sum(len(picture(f"{PUBLIC_URL}/c/{token}")) for token in tokens)


def _result(
    drawn: Any, seconds: float, peak_mib: float, symbols: float, codes: int
) -> dict[str, Any]:
    sizes, pages, read = _read_back(drawn)
    met = (
        seconds <= SECONDS
        and peak_mib <= MIB
        and drawn.labels == codes == scan_data.HOUSEHOLDS
        and pages == drawn.sheets
        and read == drawn.parts
    )
    shutil.rmtree(HOME / "files" / "labels", ignore_errors=True)
    return {
        "name": NAME,
        "value": round(seconds, 1),
        "unit": "s",
        "baseline": {"what": "the symbols alone, as many processes", "value": round(symbols, 1)},
        "ratio": round(seconds / symbols, 2),
        "bar": f"≤ {SECONDS} s, ≤ {MIB} MiB",
        "met": met,
        "peak_mib": peak_mib,
        "rows": drawn.labels,
        "machine": describe(),
        "sheets": pages,
        "parts_read_by_another_decoder": read,
        "kib_a_sheet": round(sizes / pages / 1024, 1),
        "processes": PROCESSES,
    }


def _read_back(drawn: Any) -> tuple[int, int, int]:
    """Bytes and pages of all parts, and in how many the first label leads to its address."""
    # What reads back is loaded only now: its memory is not the product's.
    import cv2  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415
    import pypdfium2  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415

    from yimaqing.domains.codes.labels.layout import layouts  # noqa: PLC0415
    from yimaqing.domains.codes.labels.printing import part_path  # noqa: PLC0415
    from yimaqing.kit.crypto import keyring  # noqa: PLC0415
    from yimaqing.kit.files import open_stored  # noqa: PLC0415

    layout, sizes, pages, read = layouts()[LAYOUT], 0, 0, 0
    right, bottom = round(layout.width * 200 / 72), round(layout.height * 200 / 72)
    for part in range(1, drawn.parts + 1):
        with open_stored(part_path(drawn.pk, part), keyring(settings.DATA_KEYS)) as sealed:
            content = sealed.read()
        pdf = pypdfium2.PdfDocument(content)
        sizes, pages = sizes + len(content), pages + len(pdf)
        image = pdf[0].render(scale=200 / 72, grayscale=True).to_numpy()[:bottom, :right]
        said = cv2.QRCodeDetectorAruco().detectAndDecode(np.ascontiguousarray(image))[0]
        read += said.startswith(f"{PUBLIC_URL}/c/")
    return sizes, pages, read
