from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _

from inbox.checks import check_settings


class InboxConfig(AppConfig):
    name = "inbox"
    verbose_name = _("Messages")

    def ready(self) -> None:
        register(check_settings)
        # Django allows modules that use models to be imported from here on, not at the top.
        from inbox import audited

        audited.register_kinds()
