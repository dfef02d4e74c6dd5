"""The mobile registration endpoints: mobile-token-api.md 8."""

from functools import partial
from typing import ClassVar

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment_server.api.contract.endpoint import Endpoint
from enrollment_server.api.mobile import InvalidActivation
from enrollment_server.api.payloads.validation import payload
from powerauth.http.access import PB, PK, PKB, Access, P
from powerauth.http.authentication import SignatureAuthentication, TokenAuthentication
from powerauth.http.identity import identity
from powerauth.http.mobile import MobileView
from push.conf import get_backend
from push.errors import PushRegistrationFailed
from push.languages import primary_language
from push.mobile.serializers import RegisterInput
from push.values import Registration

_endpoint = partial(
    Endpoint,
    tag="Push registration",
    description=(
        "Apps repeat it at every start. Application and activation are the caller's. Messages of "
        "ours are in the language of `Accept-Language`."
    ),
    body=RegisterInput,
    example={"platform": "ios", "token": "10de0b9c-791f-4e9f-93c4-e2203951c307"},
    refusals=(InvalidActivation, PushRegistrationFailed),
)


class RegisterWithTokenView(MobileView):
    """Register the device of an app that sends a token, as the SDKs do."""

    endpoint = _endpoint(summary="Register a device with a token")
    unreachable = PushRegistrationFailed
    access: ClassVar[Access] = Access(tokens_of=frozenset({P, PB, PK, PKB}))
    http_method_names = ["post"]

    def post(self, request: Request) -> Response:
        device = payload(request, RegisterInput)
        me = identity(request)
        registration = Registration(
            application_id=me.application_id,
            activation_id=me.activation_id,
            user_id=me.user_id,
            language=primary_language(request.headers.get("Accept-Language")),
            **device,
        )
        get_backend().register(registration, at=timezone.now())
        return Response()


class RegisterView(RegisterWithTokenView):
    """The same for a signature, or for a token; with both headers, the token counts."""

    endpoint = _endpoint(summary="Register a device")
    access = Access(
        signed_with=frozenset({P, PB, PK}),
        tokens_of=frozenset({P, PB, PK}),
        resource_ids_setting="PUSH_REGISTER_RESOURCE_IDS",
    )
    authentication_classes = [TokenAuthentication, SignatureAuthentication]
