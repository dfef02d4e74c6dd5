"""Makes the site of the back office the one that admins register with."""

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig

from enrollment_server.backoffice.elsewhere import models_elsewhere


class BackOfficeConfig(AdminConfig):
    default_site = "enrollment_server.backoffice.site.BackOfficeSite"

    def ready(self) -> None:
        super().ready()
        for model in map(apps.get_model, models_elsewhere()):
            if admin.site.is_registered(model):
                admin.site.unregister(model)
