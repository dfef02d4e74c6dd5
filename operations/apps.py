from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    name = "operations"
    verbose_name = _("Operations")

    def ready(self) -> None:
        # Django allows modules that use models to be imported from here on, not at the top.
        from operations import audited

        audited.register_kinds()
