"""Django application of the shared look."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Gives ``ui/`` templates, the ``ui`` template tags and the built assets."""

    name = "yimaqing.ui"
    label = "ui"
    verbose_name = "界面"
