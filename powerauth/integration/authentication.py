"""Who calls the integration API: integration-api.md 1.4."""

import binascii
from base64 import b64decode

from django.conf import settings
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from enrollment_server.api.clients import header_of
from powerauth.engine.applications import integrations
from powerauth.models import Integration


def credentials(header: str) -> tuple[str, str] | None:
    """Read user name and password of an HTTP Basic header; None if there are none to read."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = b64decode(encoded.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    token, colon, secret = text.partition(":")
    # No database column holds a NUL, so no token has one.
    if not colon or "\x00" in token:
        return None
    return token, secret


class IntegrationUnknown(AuthenticationFailed):
    """No credentials, or wrong ones."""


class IntegrationAuthentication(BaseAuthentication):
    """Authenticate a back end by HTTP Basic, if this server wants to know it.

    Otherwise the header is not even read: clients send an empty user name and password there.
    """

    def authenticate(self, request: Request) -> tuple[Integration, None] | None:
        if not settings.INTEGRATION_AUTH_REQUIRED:
            return None
        given = credentials(header_of(request._request, "Authorization") or "")
        integration = integrations.authenticate(*given) if given else None
        if integration is None:
            raise IntegrationUnknown
        return integration, None


class IsIntegration(BasePermission):
    """Let in authenticated back ends, or everybody if the server does not restrict access."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return not settings.INTEGRATION_AUTH_REQUIRED or isinstance(request.user, Integration)
