"""Django application of the registry domain."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """The registry domain; see its README."""

    name = "yimaqing.domains.registry"
    label = "registry"
