"""Makes the site of the back office the one that admins register with."""

from django.contrib.admin.apps import AdminConfig


class BackOfficeConfig(AdminConfig):
    default_site = "enrollment_server.backoffice.site.BackOfficeSite"
