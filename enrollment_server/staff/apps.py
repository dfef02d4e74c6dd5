from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "enrollment_server.staff"
    label = "staff"
    verbose_name = _("Logins of the staff")

    def ready(self) -> None:
        # Django allows modules that use models to be imported from here on, not at the top.
        from django.contrib.auth.signals import user_logged_in

        from enrollment_server.staff import audited, checks
        from enrollment_server.staff.login import session

        register(checks.check_login)
        register(checks.check_login_of_deployment, Tags.security, deploy=True)
        audited.register_kinds()
        user_logged_in.connect(session.mark_login)
