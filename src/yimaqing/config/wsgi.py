"""The web service's WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yimaqing.config.settings")

application = get_wsgi_application()

# After the set-up: what a domain would otherwise do at its first visitor's cost.
from yimaqing.kit.plugins import plugins  # noqa: E402 - settings must be ready

for _module in plugins("warming"):
    _module.warm()
