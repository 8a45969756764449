"""Addresses of the lists."""

from __future__ import annotations

app_name = "lists"
prefix = "lists/"
urlpatterns: list[object] = []
