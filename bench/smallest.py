"""The smallest WSGI application: what the server itself costs, for the scan's baseline."""

from __future__ import annotations

from wsgiref.types import StartResponse, WSGIEnvironment

BODY = b"ok"
HEADERS = [("Content-Type", "text/plain"), ("Content-Length", "2")]


def application(_environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """Answer anything with two bytes."""
    start_response("200 OK", HEADERS)
    return [BODY]
