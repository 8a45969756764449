"""The reader's own switches."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from yimaqing.ui.context import LARGE_TYPE_COOKIE

YEAR_SECONDS = 365 * 24 * 3600


@require_POST
def large_type(request: HttpRequest) -> HttpResponse:
    """Switch large type on or off and come back to the page."""
    onward = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(
        onward, {request.get_host()}, require_https=request.is_secure()
    )
    response = HttpResponseRedirect(onward if safe else "/")
    if request.COOKIES.get(LARGE_TYPE_COOKIE) == "1":
        response.delete_cookie(LARGE_TYPE_COOKIE)
    else:
        response.set_cookie(LARGE_TYPE_COOKIE, "1", max_age=YEAR_SECONDS, samesite="Lax")
    return response
