from django.apps import AppConfig


class PowerAuthConfig(AppConfig):
    name = "powerauth"
    verbose_name = "PowerAuth"
