"""`GET /api/admin/template`: all form templates, for staff. Source: mobile-token-api.md 11.2."""

import logging
from http import HTTPStatus
from typing import Annotated, Any, NotRequired, TypedDict

from django.conf import settings
from rest_framework.authentication import BasicAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment_server.api.contract.endpoint import Endpoint
from enrollment_server.api.contract.shapes import Shape
from enrollment_server.api.errors import ApiError, NotFound
from enrollment_server.api.payloads.json import MalformedJson, load_json
from enrollment_server.api.views import ApiView
from enrollment_server.staff.guessing.room import Busy
from enrollment_server.staff.guessing.throttle import Locked
from enrollment_server.staff.login import steps as login
from enrollment_server.staff.login.steps import Refused
from operations import models

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


class FormTemplate(TypedDict):
    """A form template; placeholders stay as they are."""

    name: Annotated[str, Shape("Type of the operation.")]
    title: str
    message: str
    attributes: NotRequired[list[Any]]
    language: str
    resultTexts: NotRequired[dict[str, Any]]


# Members that may be left out.
class _Attributes(TypedDict, total=False):
    attributes: list[Any]


class _ResultTexts(TypedDict, total=False):
    resultTexts: dict[str, Any]


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

    endpoint = Endpoint(
        tag="Administration",
        summary="List the form templates",
        description="Placeholders stay as they are.",
        result=list[FormTemplate],
        result_example=[
            {
                "name": "authorize_payment",
                "title": "Confirm Payment",
                "message": "Please confirm the payment to ${iban}",
                "attributes": [
                    {
                        "id": "operation.amount",
                        "type": "AMOUNT",
                        "text": "Amount",
                        "params": {"amount": "amount", "currency": "currency"},
                    }
                ],
                "language": "en",
            }
        ],
        refusals=(NotFound, TryAgain),
    )
    http_method_names = ["get"]
    authentication_classes = [StaffBasicAuthentication, SessionAuthentication]
    permission_classes = [IsAdminUser]
    unauthenticated = StaffOnly

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if not settings.ADMIN_API_ENABLED:
            raise NotFound
        super().initial(request, *args, **kwargs)

    def get(self, request: Request) -> Response:
        return Response([described(template) for template in models.FormTemplate.objects.all()])

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        if final.status_code == HTTPStatus.UNAUTHORIZED:
            final["WWW-Authenticate"] = 'Basic realm="api"'
        return final


def described(template: models.FormTemplate) -> FormTemplate:
    """Give the members of a template."""
    attributes = _parsed(template, "attributes", list)
    result_texts = _parsed(template, "result_texts", dict)
    listed: _Attributes = {} if attributes is None else {"attributes": attributes}
    afterwards: _ResultTexts = {} if result_texts is None else {"resultTexts": result_texts}
    return {
        "name": template.placeholder,
        "title": template.title,
        "message": template.message,
        **listed,
        "language": template.language,
        **afterwards,
    }


def _parsed(
    template: models.FormTemplate, column: str, kind: type[list[Any] | dict[str, Any]]
) -> Any:
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
