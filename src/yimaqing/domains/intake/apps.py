"""Django application of the intake domain."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """The intake domain; see its README."""

    name = "yimaqing.domains.intake"
    label = "intake"
