"""The project itself as a Django app: its commands and its system checks."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate

from enrollment_server.checks import check_settings
from enrollment_server.deployment_checks import check_deployment


class EnrollmentServerConfig(AppConfig):
    name = "enrollment_server"

    def ready(self) -> None:
        # Django allows modules that use models to be imported from here on, not at the top.
        from enrollment_server.backoffice import roles
        from powerauth.admin.framework.checks import check_admins

        post_migrate.connect(roles.after_migrate)
        register(check_settings)
        register(check_admins, Tags.admin)
        register(check_deployment, Tags.security, deploy=True)
