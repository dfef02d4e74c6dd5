"""The base of the views of the Mobile Token API outside of operations."""

from typing import Any

from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer

from enrollment_server.api.mobile import AuthenticationRefused, InvalidRequest
from enrollment_server.api.views import ApiView
from powerauth.http.access import SIGNED_BODY
from powerauth.http.authentication import TokenAuthentication
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
    body = serializer(data=request.data)
    body.is_valid(raise_exception=True)
    return body.validated_data
