"""Django application of the codes domain."""

from django.apps import AppConfig


class CodesConfig(AppConfig):
    """The codes domain; see its README."""

    name = "yimaqing.domains.codes"
    label = "codes"
