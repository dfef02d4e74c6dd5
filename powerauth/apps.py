from django.apps import AppConfig
from django.core.checks import Tags, register


class PowerAuthConfig(AppConfig):
    name = "powerauth"
    verbose_name = "PowerAuth"

    def ready(self) -> None:
        # Django allows modules that use models to be imported from here on, not at the top.
        from powerauth.checks.applications import check_applications
        from powerauth.checks.callbacks import check_callbacks
        from powerauth.checks.in_front import check_in_front
        from powerauth.checks.libraries import check_libraries
        from powerauth.engine.audit import audited_kinds

        audited_kinds.register_kinds()
        register(check_callbacks, Tags.security, deploy=True)
        register(check_applications, Tags.security, deploy=True)
        register(check_libraries)
        register(check_in_front)
