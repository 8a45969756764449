"""Addresses of monitoring's pages."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.accounts.queries import permissions_of
from yimaqing.domains.monitoring import (
    backtest_pages,
    doubt_pages,
    live_pages,
    permissions,
    poverty_pages,
    views,
)

app_name = "monitoring"
prefix = "warnings/"
nav_order = 3
nav_under = {"/lists/warnings/": "/warnings/"}
nav = [("monitoring:warnings", _("预警"), lambda user: permissions.READ in permissions_of(user))]

urlpatterns = [
    path("", views.warnings, name="warnings"),
    path("news/", live_pages.news, name="news"),
    path("rules/", views.rulebook, name="rulebook"),
    path("backtest/", backtest_pages.backtest, name="backtest"),
    path("checks/", doubt_pages.checks, name="checks"),
    path("poverty/", poverty_pages.poverty, name="poverty"),
    path("doubts/<int:doubt_id>/confirm/", doubt_pages.confirm, name="confirm_doubt"),
    path("doubts/<int:doubt_id>/reopen/", doubt_pages.reopen, name="reopen_doubt"),
]
