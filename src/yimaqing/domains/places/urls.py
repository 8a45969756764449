"""Addresses of the places' pages."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.places import views

app_name = "places"
prefix = "places/"
nav_order = 7
nav = [("places:index", _("地点档案"), lambda user: user.is_authenticated)]

urlpatterns = [
    path("", views.index, name="index"),
    path("<str:code>/", views.place, name="place"),
    path("<str:code>/contacts/new/", views.new_contact, name="new_contact"),
    path("<str:code>/contacts/<int:contact_id>/end/", views.leave, name="leave"),
    path("<str:code>/status/", views.edit_status, name="status"),
    path("<str:code>/origins/", views.edit_origins, name="origins"),
    path("<str:code>/below/new/", views.new_place, name="new_place"),
]
