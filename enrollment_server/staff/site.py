"""The pages of a login, as a part of the site of the back office."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from enrollment_server.staff import audited

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite

    class UnfoldAdminSite(AdminSite):
        """The look of django-unfold, which brings no types of its own."""

        def search(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse: ...

else:
    from unfold.sites import UnfoldAdminSite


class LoginSite(UnfoldAdminSite):
    """A site with logins of its own, whose pages are the only ones for everybody."""

    def get_urls(self) -> list[URLPattern | URLResolver]:
        # These pages import what registers itself at the site, which is not made before.
        from enrollment_server.staff.login import views
        from enrollment_server.staff.provider import views as provider_views
        from enrollment_server.staff.second_factor import views as own_views

        own = self.admin_view(own_views.own_second_factor)
        return [
            path("login/code/", views.code_page, name="second_factor"),
            path("login/set-up/", views.set_up_page, name="second_factor_set_up"),
            path("login/provider/", provider_views.begin, name="provider_login"),
            path("login/provider/callback/", provider_views.come_back, name="provider_callback"),
            path("login/browser/", views.known_browser_page, name="known_browser"),
            path("second-factor/", own, name="own_second_factor"),
            *super().get_urls(),
        ]

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        from enrollment_server.staff.login import views

        return views.password_page(request)

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        if request.method == "POST" and isinstance(request.user, User):
            audited.record(audited.LOGOUT, actor=request.user, user=request.user, reason="asked")
        return super().logout(request, extra_context)
