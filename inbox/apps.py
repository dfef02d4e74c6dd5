from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _

from inbox.checks import check_settings


class InboxConfig(AppConfig):
    name = "inbox"
    verbose_name = _("Messages")

    def ready(self) -> None:
        register(check_settings)
