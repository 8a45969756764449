"""Addresses of the cockpit."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.accounts.queries import permissions_of
from yimaqing.domains.cockpit import views
from yimaqing.domains.cockpit.permissions import VIEW

app_name = "cockpit"
prefix = "cockpit/"
nav_order = 4
nav = [("cockpit:home", _("驾驶舱"), lambda user: VIEW in permissions_of(user))]

urlpatterns = [
    path("", views.home, name="home"),
    path("definitions/", views.definitions, name="definitions"),
    path("<str:code>/", views.place, name="place"),
    path("<str:code>/wall/", views.wall, name="wall"),
    path("<str:code>/households/", views.households, name="households"),
    path("<str:code>/figures.json", views.figures_json, name="figures"),
    path("<str:code>/trend.json", views.trend_json, name="trend"),
]
