from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PushConfig(AppConfig):
    name = "push"
    verbose_name = _("Devices")

    def ready(self) -> None:
        # Django allows modules that use models to be imported from here on, not at the top.
        from powerauth import announcements
        from powerauth.engine.activations import activations
        from push import announced, audited, services

        activations.observe(services.follow)
        announcements.listen(announced.listen)
        audited.register_kinds()
