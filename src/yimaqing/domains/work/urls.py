"""Addresses of the to-dos."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.accounts.queries import permissions_of
from yimaqing.domains.work import views
from yimaqing.domains.work.actions import ACT

app_name = "work"
prefix = "todos/"
nav_order = 1
nav_under = {"/lists/todos/": "/todos/"}
nav = [("work:list", _("待办"), lambda user: ACT in permissions_of(user))]

urlpatterns = [
    path("", views.desk, name="list"),
    path("news/", views.news, name="news"),
    path("chosen/", views.chosen, name="chosen"),
    path("<int:todo_id>/", views.opened, name="opened"),
    path("<int:todo_id>/step/", views.step, name="step"),
    path("<int:todo_id>/close/", views.close, name="close"),
]
