"""The base of the views of the Mobile Token API."""

from typing import ClassVar

from rest_framework.request import Request

from enrollment_server.api.errors import ApiError
from enrollment_server.api.mobile import AuthenticationRefused, InvalidActivation, InvalidRequest
from enrollment_server.api.views import ApiView
from powerauth.errors import RemoteFailure
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
    unreachable: ClassVar[type[ApiError]]
    """Answers that the PowerAuth Server could not be asked."""

    def documented_error(self, exc: Exception) -> ApiError | None:
        return self.unreachable() if isinstance(exc, RemoteFailure) else None


def identity_of_user(request: Request) -> Identity:
    """Give who sent an authenticated request, for a view that serves users only.

    Raises:
        InvalidActivation: the activation has no user yet, so that there is nobody to act for.
    """
    me = identity(request)
    if not me.user_id:
        raise InvalidActivation
    return me
