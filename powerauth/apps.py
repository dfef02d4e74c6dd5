from django.apps import AppConfig


class PowerAuthConfig(AppConfig):
    name = "powerauth"
    verbose_name = "PowerAuth"

    def ready(self) -> None:
        # Django allows modules that use models to be imported from here on, not at the top.
        from powerauth.engine import audited_kinds

        audited_kinds.register_kinds()
