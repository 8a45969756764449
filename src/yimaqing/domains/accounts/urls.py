"""Addresses of log-in, the start page, users and the trail."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.accounts.queries import permissions_of
from yimaqing.domains.accounts.views import session, start, trail, users

app_name = "accounts"
prefix = ""
nav = [
    ("accounts:users", _("用户"), lambda user: "accounts.manage" in permissions_of(user)),
    ("accounts:trail", _("操作记录"), lambda user: "audit.view" in permissions_of(user)),
]

urlpatterns = [
    path("", start.start, name="start"),
    path("login/", session.log_in, name="login"),
    path("logout/", session.log_out, name="logout"),
    path("password/", session.change_password, name="password"),
    path("users/", users.users, name="users"),
    path("users/add/", users.add, name="add_user"),
    path("users/places/", users.place_options, name="place_options"),
    path("users/<int:user_id>/", users.user, name="user"),
    path("users/<int:user_id>/assign/", users.give, name="assign"),
    path("users/<int:user_id>/act/", users.act, name="act"),
    path("users/<int:user_id>/end/<int:assignment_id>/", users.end, name="end_assignment"),
    path("audit/", trail.trail, name="trail"),
]
