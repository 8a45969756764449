"""Django application of the audit domain."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who did what, sealed."""

    name = "yimaqing.domains.audit"
    label = "audit"
