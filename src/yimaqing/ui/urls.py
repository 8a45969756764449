"""Addresses of the reader's switches; mounted at ``ui/`` by config."""

from django.urls import path

from yimaqing.ui import views

app_name = "ui"
urlpatterns = [path("large-type", views.large_type, name="large_type")]
