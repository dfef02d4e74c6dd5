"""The project itself as a Django app: its commands and its system checks."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from enrollment_server.checks import check_settings
from enrollment_server.deployment_checks import check_deployment


class EnrollmentServerConfig(AppConfig):
    name = "enrollment_server"

    def ready(self) -> None:
        # Django allows modules that use models to be imported from here on, not at the top.
        from powerauth.admin.checks import check_admins

        register(check_settings)
        register(check_admins, Tags.admin)
        register(check_deployment, Tags.security, deploy=True)
