"""What every request of the back office passes, and no request of an API."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from enrollment_server.api.clients import client_address
from enrollment_server.staff import audited
from enrollment_server.staff.guessing.room import Busy
from enrollment_server.staff.login import session
from enrollment_server.staff.login.session import End
from enrollment_server.staff.login.views import busy_page

logger = logging.getLogger(__name__)

_PREFIXES = ("/admin/", "/api/admin/")


class StaffSessionMiddleware:
    """End sessions whose time is over, and say so when all places for passwords are taken."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if "admin" not in settings.SECTIONS:
            raise MiddlewareNotUsed
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(_PREFIXES) and isinstance(request.user, User):
            end = session.end_of(request.session)
            if end is None:
                session.touch(request.session)
            else:
                _end(request, request.user, end)
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Busy) or not request.path_info.startswith("/admin/"):
            return None
        # Whoever handles an exception has to render the page, too.
        page = busy_page(request)
        return page.render() if hasattr(page, "render") else page


def _end(request: HttpRequest, user: User, end: End) -> None:
    logger.info("session of user %s ended: %s", user.pk, end)
    audited.record(
        audited.LOGOUT, actor=user, user=user, reason=str(end), address=client_address(request)
    )
    logout(request)
    if end is not End.NO_SECOND_FACTOR:
        messages.info(request, _("Your session has ended. Please log in again."))
