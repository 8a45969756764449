"""The scan service: a bare WSGI application for granian (2 workers × 2 blocking threads).

``granian --interface wsgi --workers 2 --blocking-threads 2
yimaqing.domains.codes.scan_service:application``. A single-service installation uses the
same handler through the address in codes/urls.py.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yimaqing.config.settings")
django.setup()

from yimaqing.domains.codes.scan.answers import request_of  # noqa: E402 - Django is set up first
from yimaqing.domains.codes.scan.handler import answer  # noqa: E402 - Django is set up first

_STATUS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer one request."""
    response = answer(request_of(environ))
    start_response(_STATUS[response.status], response.headers)
    return [response.body]
