from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _

from activation.checks import check_deployment, check_settings


class ActivationConfig(AppConfig):
    name = "activation"
    verbose_name = _("Activation spawn")

    def ready(self) -> None:
        register(check_settings)
        register(check_deployment, Tags.security, deploy=True)
        # Django allows modules that use models to be imported from here on, not at the top.
        from activation import audited

        audited.register_kinds()
