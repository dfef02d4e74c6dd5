"""The documents as a Django app: its page and the script of the page."""

from django.apps import AppConfig


class OpenApiConfig(AppConfig):
    name = "enrollment_server.openapi"
    label = "openapi"
