"""Django application of the registry domain."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """The household's file."""

    name = "yimaqing.domains.registry"
    label = "registry"

    def ready(self) -> None:
        """Listen to what flows in."""
        # Imported here: receivers need the models, which exist only once apps are ready.
        from yimaqing.domains.accounts.events import assigned  # noqa: PLC0415
        from yimaqing.domains.intake.events import batch_applied, batch_undone  # noqa: PLC0415
        from yimaqing.domains.registry import receivers  # noqa: PLC0415
        from yimaqing.domains.work.actions import ask_for_dates  # noqa: PLC0415

        batch_applied.connect(receivers.on_batch_applied, dispatch_uid="registry")
        batch_undone.connect(receivers.on_batch_applied, dispatch_uid="registry")
        batch_applied.connect(ask_for_dates, dispatch_uid="work")
        assigned.connect(receivers.on_assigned, dispatch_uid="registry")
