"""The base of the views of the Mobile Token API outside of operations."""

from typing import Any

from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer

from enrollment_server.api.mobile import AuthenticationRefused, InvalidActivation, InvalidRequest
from enrollment_server.api.payloads.validation import validated
from enrollment_server.api.views import ApiView
from powerauth.http.access import SIGNED_BODY
from powerauth.http.authentication import TokenAuthentication
from powerauth.http.identity import Identity, identity
from powerauth.http.permissions import Authenticated


class MobileView(ApiView):
    """A view that admits a token; a view that takes signatures says so itself."""

    authentication_classes = [TokenAuthentication]
    permission_classes = [Authenticated]
    body_limit = SIGNED_BODY
    invalid_request = InvalidRequest
    unauthenticated = AuthenticationRefused


def payload(request: Request, serializer: type[BaseSerializer[Any]]) -> Any:
    """Give the validated `requestObject` of a request.

    Raises:
        ParseError: the body is no JSON object.
        ValidationError: the object is absent or not what the serializer describes.
    """
    return validated(serializer, request.data)


def identity_of_user(request: Request) -> Identity:
    """Give who sent an authenticated request, for a view that serves users only.

    Raises:
        InvalidActivation: the activation has no user yet, so that there is nobody to act for.
    """
    me = identity(request)
    if not me.user_id:
        raise InvalidActivation
    return me
