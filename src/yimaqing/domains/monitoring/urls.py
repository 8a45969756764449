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
    rules_pages,
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
    path("rules/versions/", rules_pages.versions, name="versions"),
    path("rules/versions/begin/", rules_pages.begin, name="begin_version"),
    path("rules/versions/<int:number>/", rules_pages.version, name="version"),
    path("rules/versions/<int:number>/step/", rules_pages.step, name="version_step"),
    path("rules/paper/", rules_pages.paper, name="rulebook_paper"),
    path("rules/compare/", rules_pages.compare, name="compare_versions"),
    path("checks/", doubt_pages.checks, name="checks"),
    path("poverty/", poverty_pages.poverty, name="poverty"),
    path("doubts/<int:doubt_id>/confirm/", doubt_pages.confirm, name="confirm_doubt"),
    path("doubts/<int:doubt_id>/reopen/", doubt_pages.reopen, name="reopen_doubt"),
]
