"""Django application of the cockpit domain."""

from django.apps import AppConfig


class CockpitConfig(AppConfig):
    """The cockpit domain; see its README."""

    name = "yimaqing.domains.cockpit"
    label = "cockpit"
