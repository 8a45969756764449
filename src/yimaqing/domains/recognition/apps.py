"""Django application of the recognition domain."""

from django.apps import AppConfig


class RecognitionConfig(AppConfig):
    """Recognition of monitored households and removal of risk; see the README."""

    name = "yimaqing.domains.recognition"
    label = "recognition"

    def ready(self) -> None:
        """Listen to what flows in."""
        # Imported here: receivers need the models, which exist only once apps are ready.
        from yimaqing.domains.recognition import receivers  # noqa: PLC0415
        from yimaqing.domains.work.events import todo_closed  # noqa: PLC0415

        todo_closed.connect(receivers.on_todo_closed, dispatch_uid="recognition")
