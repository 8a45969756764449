"""Django application of the monitoring domain."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """Indicators, rules, warnings."""

    name = "yimaqing.domains.monitoring"
    label = "monitoring"

    def ready(self) -> None:
        """Listen to what flows in."""
        # Imported here: receivers need the models, which exist only once apps are ready.
        from yimaqing.domains.intake.events import batch_applied, batch_undone  # noqa: PLC0415
        from yimaqing.domains.monitoring import receivers  # noqa: PLC0415
        from yimaqing.domains.monitoring.events import evaluated, rules_published  # noqa: PLC0415
        from yimaqing.domains.places.events import recoded  # noqa: PLC0415
        from yimaqing.domains.registry.events import household_changed  # noqa: PLC0415

        household_changed.connect(receivers.on_household_changed, dispatch_uid="monitoring")
        batch_applied.connect(receivers.on_batch_applied, dispatch_uid="monitoring")
        batch_undone.connect(receivers.on_batch_applied, dispatch_uid="monitoring")
        evaluated.connect(receivers.on_evaluated, dispatch_uid="monitoring")
        recoded.connect(receivers.on_recoded, dispatch_uid="monitoring")
        rules_published.connect(receivers.on_rules_published, dispatch_uid="monitoring")
