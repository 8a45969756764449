"""Addresses: each enabled domain's ``urls`` module is mounted at its own ``prefix``."""

from django.conf import settings
from django.urls import include, path
from django.views.generic import RedirectView

from yimaqing.kit.plugins import plugins

urlpatterns = [
    # Where a page names no icon, as a scanned card, browsers ask for this one.
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}ui/icon.svg")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("ui/", include("yimaqing.ui.urls")),
    *(path(module.prefix, include(module)) for module in plugins("urls")),
]

handler403 = "yimaqing.ui.errors.forbidden"
handler404 = "yimaqing.ui.errors.not_found"
handler500 = "yimaqing.config.outage.failed"
