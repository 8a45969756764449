"""Addresses of the lists."""

from __future__ import annotations

from django.urls import path

from yimaqing.domains.accounts.queries import permissions_of
from yimaqing.domains.lists import views

app_name = "lists"
prefix = "lists/"
READ = "registry.read"
#: The search box in the top bar: where it leads, and for whom it is there.
search_box = ("lists:search", lambda user: READ in permissions_of(user))

urlpatterns = [
    path("", views.index, name="index"),
    path("search/", views.search, name="search"),
    path("views/<int:view_id>/", views.view, name="view"),
    path("views/<int:view_id>/remove/", views.remove, name="remove"),
    path("exports/", views.exports, name="exports"),
    path("exports/<int:export_id>/", views.export_page, name="export"),
    path("exports/<int:export_id>/file/", views.download, name="download"),
    path("exports/<int:export_id>/cancel/", views.cancel, name="cancel"),
    path("<slug:slug>/", views.page, name="page"),
    path("<slug:slug>/count/", views.count, name="count"),
    path("<slug:slug>/filter/", views.filtered, name="filter"),
    path("<slug:slug>/save/", views.save, name="save"),
    path("<slug:slug>/export/", views.export, name="ask_export"),
    path("<slug:slug>/do/<slug:bulk_name>/", views.act, name="act"),
]
