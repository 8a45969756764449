"""Addresses: each enabled domain's ``urls`` module is mounted at its own ``prefix``."""

from django.urls import include, path

from yimaqing.kit.plugins import plugins

urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("ui/", include("yimaqing.ui.urls")),
    *(path(module.prefix, include(module)) for module in plugins("urls")),
]

handler403 = "yimaqing.ui.errors.forbidden"
handler404 = "yimaqing.ui.errors.not_found"
handler500 = "yimaqing.ui.errors.broken"
