from django.apps import AppConfig


class PushConfig(AppConfig):
    name = "push"

    def ready(self) -> None:
        # Django allows modules that use models to be imported from here on, not at the top.
        from powerauth.engine import activations
        from push import services

        activations.observe(services.follow)
