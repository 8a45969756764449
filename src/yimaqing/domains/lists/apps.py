"""Django application of the lists domain."""

from django.apps import AppConfig


class ListsConfig(AppConfig):
    """The lists domain; see its README."""

    name = "yimaqing.domains.lists"
    label = "lists"
