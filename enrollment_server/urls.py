"""Every path of the server, by section; what matches nothing gets the error envelope."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView

from enrollment_server.backoffice import errors
from enrollment_server.backoffice.customers import customer
from enrollment_server.backoffice.search import find
from enrollment_server.openapi import urls as openapi
from operations.mobile.template_list import TemplateListView

# Whoever calls the engine has to call the one that has the activations.
_ENGINE: list[URLPattern | URLResolver] = [
    path("rest/v3/", include("powerauth.integration.urls")),
    path("rest/v3/operation/", include("operations.integration.urls")),
    path("rest/v4/", include("powerauth.integration.v4.urls")),
    path("rest/v4/operation/", include("operations.integration.urls_v4")),
]
# And whoever writes to phones, the one that has the devices and the messages.
_PUSH: list[URLPattern | URLResolver] = [
    path("push/", include("push.integration.urls")),
    path("inbox/", include("inbox.integration.urls")),
]
_SECTIONS: dict[str, list[URLPattern | URLResolver]] = {
    "mobile": [
        path("pa/v3/", include("powerauth.standard.urls")),
        path("pa/v4/", include("powerauth.standard.v4.urls")),
        path("api/auth/token/app/operation/", include("operations.mobile.urls")),
        path("api/push/device/", include("push.mobile.urls")),
        path("api/inbox/", include("inbox.mobile.urls")),
        path("api/", include("activation.mobile.urls")),
        openapi.MOBILE,
        openapi.PAGE,
        openapi.ERRORS,
    ],
    "integration": [
        *([] if settings.POWERAUTH_SERVICE_URL else _ENGINE),
        *([] if settings.PUSH_SERVICE_URL else _PUSH),
        openapi.INTEGRATION,
        openapi.INTEGRATION_V4,
        openapi.PAGE,
        openapi.ERRORS,
    ],
    "admin": [
        # Whoever types the address leaves out the slash.
        path("admin", RedirectView.as_view(pattern_name="admin:index")),
        path("admin/customer/<path:quoted>/", admin.site.admin_view(customer), name="customer"),
        path("admin/find/", admin.site.admin_view(find), name="find"),
        path("admin/", admin.site.urls),
        path("api/admin/template", TemplateListView.as_view()),
    ],
}

urlpatterns: list[URLPattern | URLResolver] = [
    *(pattern for section in settings.SECTIONS for pattern in _SECTIONS.get(section, [])),
    # A debugging page for unknown paths would be HTML.
    re_path("", errors.not_found),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.not_found
handler500 = errors.server_error
