"""Django application of the cockpit domain."""

from django.apps import AppConfig


class CockpitConfig(AppConfig):
    """Figures and maps for leaders."""

    name = "yimaqing.domains.cockpit"
    label = "cockpit"

    def ready(self) -> None:
        """Listen to what flows in."""
        # Imported here: receivers need the models, which exist only once apps are ready.
        from yimaqing.domains.cockpit import receivers  # noqa: PLC0415
        from yimaqing.domains.monitoring.events import evaluated  # noqa: PLC0415

        evaluated.connect(receivers.on_evaluated, dispatch_uid="cockpit")
