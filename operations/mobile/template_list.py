"""`GET /api/admin/template`: all form templates, for staff. Source: mobile-token-api.md 11.2."""

import logging
from http import HTTPStatus
from typing import Any

from django.conf import settings
from rest_framework.authentication import BasicAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment_server.api.errors import ApiError, NotFound
from enrollment_server.api.payloads.json import MalformedJson, load_json
from enrollment_server.api.views import ApiView
from enrollment_server.staff.guessing.room import Busy
from enrollment_server.staff.guessing.throttle import Locked
from enrollment_server.staff.login import steps as login
from enrollment_server.staff.login.steps import Refused
from operations.models import FormTemplate

logger = logging.getLogger(__name__)


class StaffOnly(ApiError):
    """Nobody from the staff asks; whether it was the password or the person is not said."""

    code = "ERR_AUTHENTICATION"
    message = "Authentication failed"
    http_status = HTTPStatus.UNAUTHORIZED
    advice = (
        "Send the name and password of staff for whom a password is enough, or the session of "
        "the back office."
    )


class TryAgain(ApiError):
    """Too many passwords are verified at this moment."""

    message = "Too many logins at this moment. Please try again."
    http_status = HTTPStatus.SERVICE_UNAVAILABLE
    advice = "Repeat the call after a few seconds."


class StaffBasicAuthentication(BasicAuthentication):
    """HTTP Basic with the name and password of the back office, if they are enough to log in."""

    def authenticate_credentials(
        self, userid: str, password: str, request: Any = None
    ) -> tuple[Any, None]:
        # No database column holds a NUL, so nobody has such a name.
        if "\x00" in userid:
            raise AuthenticationFailed
        try:
            return login.by_password_only(request, userid, password), None
        except (Refused, Locked):
            raise AuthenticationFailed from None
        except Busy:
            raise TryAgain from None


class TemplateListView(ApiView):
    """What the bank has written for its phones, for whoever may log in to the back office."""

    http_method_names = ["get"]
    authentication_classes = [StaffBasicAuthentication, SessionAuthentication]
    permission_classes = [IsAdminUser]
    unauthenticated = StaffOnly

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if not settings.ADMIN_API_ENABLED:
            raise NotFound
        super().initial(request, *args, **kwargs)

    def get(self, request: Request) -> Response:
        return Response([described(template) for template in FormTemplate.objects.all()])

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        if final.status_code == HTTPStatus.UNAUTHORIZED:
            final["WWW-Authenticate"] = 'Basic realm="api"'
        return final


def described(template: FormTemplate) -> dict[str, Any]:
    """Give the members of a template; placeholders stay as they are."""
    members = {
        "name": template.placeholder,
        "title": template.title,
        "message": template.message,
        "attributes": _parsed(template, "attributes", list),
        "language": template.language,
        "resultTexts": _parsed(template, "result_texts", dict),
    }
    return {name: value for name, value in members.items() if value is not None}


def _parsed(template: FormTemplate, column: str, kind: type[list[Any] | dict[str, Any]]) -> Any:
    """Give the JSON of a column, None for an empty one, and an empty value for an unusable one."""
    text: str = getattr(template, column)
    if not text.strip():
        return None
    try:
        value = load_json(text.encode())
    except MalformedJson:
        value = None
    if isinstance(value, kind):
        return value
    logger.warning("%s of form template %s cannot be read", column, template.pk)
    return kind()
