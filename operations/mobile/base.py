"""What the mobile operation endpoints have in common: mobile-token-api.md 4."""

from typing import Any, ClassVar

from rest_framework.request import Request

from enrollment_server.api.errors import ApiError, NotFound
from enrollment_server.api.mobile import InvalidActivation
from operations import policy
from operations.errors import Unauthenticated, error_of
from operations.values import Caller
from powerauth.errors import EngineRefusal
from powerauth.http.access import Access
from powerauth.http.authentication import SignatureAuthentication
from powerauth.http.identity import Identity
from powerauth.http.mobile import MobileView, identity_of_user


class OperationView(MobileView):
    """An endpoint that needs a signature, unless it says that a token does as well."""

    access: ClassVar[Access]
    http_method_names = ["post"]
    authentication_classes = [SignatureAuthentication]
    unauthenticated = Unauthenticated

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if not policy.api_enabled():
            raise NotFound
        super().initial(request, *args, **kwargs)

    def documented_error(self, exc: Exception) -> ApiError | None:
        return error_of(exc) if isinstance(exc, EngineRefusal) else None


def caller(request: Request) -> Caller:
    """Give who asks.

    Raises:
        InvalidActivation: the activation has no user.
    """
    # An operation without a user is everybody's: nobody may decide about it as nobody.
    me = identity_of_user(request)
    return Caller(
        user_id=me.user_id,
        application_id=me.application_id,
        activation_id=me.activation_id,
        flags=me.flags,
    )


def check_flags(me: Identity) -> None:
    """Refuse an activation with a flag that may not decide.

    Raises:
        InvalidActivation, Unauthenticated: as the settings say.
    """
    if policy.disallowed_flags().isdisjoint(me.flags):
        return
    if policy.disallowed_flags_answer() == InvalidActivation.code:
        raise InvalidActivation
    raise Unauthenticated
