"""Django application of the places domain."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """The places domain; see its README."""

    name = "yimaqing.domains.places"
    label = "places"
