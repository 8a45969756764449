"""Django application of the work domain."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """The work domain; see its README."""

    name = "yimaqing.domains.work"
    label = "work"
