from django.apps import AppConfig
from django.core.checks import register

from inbox.checks import check_settings


class InboxConfig(AppConfig):
    name = "inbox"

    def ready(self) -> None:
        register(check_settings)
