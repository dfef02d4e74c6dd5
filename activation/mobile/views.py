"""`/api/activation/code` and `/api/config/oidc`: mobile-token-api.md 9 and 11.1."""

from typing import Any, ClassVar

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from activation import policy
from activation.mobile import oidc
from activation.mobile.errors import ActivationCodeFailed, ConfigurationUnavailable
from activation.mobile.presentation import ActivationCode, OidcConfiguration, present_code
from activation.mobile.serializers import ProviderInput, SpawnInput
from activation.spawn import services
from activation.spawn.values import Source, SpawnOrder
from enrollment_server.api.contract.endpoint import Endpoint
from enrollment_server.api.errors import ApiError, NotFound
from enrollment_server.api.mobile import (
    AuthenticationRefused,
    EncryptionFailed,
    InvalidActivation,
    InvalidRequest,
)
from enrollment_server.api.payloads.validation import validated
from powerauth.errors import EngineRefusal, ErrorCode, RemoteFailure
from powerauth.http.access import PB, PK, SIGNED_BODY, Access
from powerauth.http.authentication import SignatureAuthentication
from powerauth.http.encryption import EncryptedEnvelopeRenderer, EncryptedView, open_body
from powerauth.http.mobile import identity_of_user
from powerauth.http.permissions import Authenticated
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.v3.encryption import Encryptor

# An activation that cannot decrypt cannot sign either, and the phone asks for its status after 401.
_NOT_ACTIVE = frozenset(
    {
        ErrorCode.ACTIVATION_NOT_FOUND,
        ErrorCode.ACTIVATION_STATE,
        ErrorCode.APPLICATION_NOT_FOUND,
    }
)


class EncryptedMobileView(EncryptedView):
    """An endpoint of the Mobile Token API whose body and answer are encrypted."""

    http_method_names = ["post"]
    renderer_classes = [EncryptedEnvelopeRenderer]
    body_limit = SIGNED_BODY
    invalid_request = InvalidRequest
    unauthenticated = AuthenticationRefused
    unreachable: ClassVar[type[ApiError]]
    """Answers what the PowerAuth Server refuses, and that it could not be asked."""

    def documented_error(self, exc: Exception) -> ApiError | None:
        return self.unreachable() if isinstance(exc, EngineRefusal) else None

    decryption_failed = EncryptionFailed


class SpawnView(EncryptedMobileView):
    """A code for another activation of the same user; the signature covers the plaintext."""

    endpoint = Endpoint(
        tag="Activation code",
        summary="Get an activation code for another application of the bank",
        description=(
            "Which application may activate which one, the bank says. The signature covers the "
            "decrypted request."
        ),
        body=SpawnInput,
        example={"applicationId": "my-application", "otp": "12345678"},
        result=ActivationCode,
        result_example={
            "activationId": "b6e2a4a5-5b0a-4cbb-a2a2-7f4c4c2a1d7a",
            "activationCode": "XXXXX-XXXXX-XXXXX-XXXXX",
            "activationSignature": "MEUCIQDxFbS1lKp2SbVq2Yv6y0nJ",
        },
        refusals=(NotFound, InvalidActivation, ActivationCodeFailed),
    )
    access = Access(signed_with=frozenset({PK, PB}), resource_id="/api/activation/code")
    authentication_classes = [SignatureAuthentication]
    permission_classes = [Authenticated]
    encryptor = Encryptor.ACTIVATION_GENERIC
    unreachable = ActivationCodeFailed

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if not policy.spawn_enabled():
            raise NotFound
        super().initial(request, *args, **kwargs)

    def admits_plain(self) -> bool:
        return not policy.encryption_required()

    def plaintext(self, request: Request) -> bytes:
        """Read the body as the base does; only here is a broken envelope told from a signature."""
        try:
            return super().plaintext(request)
        except RemoteFailure:
            raise
        except EngineRefusal as refusal:
            if refusal.code in _NOT_ACTIVE:
                raise
            raise EncryptionFailed from refusal
        except ProtocolError as error:
            raise EncryptionFailed from error

    def post(self, request: Request) -> Response:
        body = validated(SpawnInput, self.request_object(request))
        order = SpawnOrder(
            source=_source(request), requested=body["applicationId"], otp=body["otp"]
        )
        return Response(present_code(services.spawn(order, at=timezone.now())))


class OidcView(EncryptedMobileView):
    """How a phone reaches an OIDC provider, before it has an activation."""

    endpoint = Endpoint(
        tag="OIDC",
        summary="Read how to reach an OIDC provider",
        body=ProviderInput,
        bare=True,
        example={"providerId": "abc"},
        result=OidcConfiguration,
        result_example={
            "providerId": "abc",
            "clientId": "mobile-app",
            "scopes": "openid profile",
            "authorizeUri": "https://id.example.com/authorize",
            "redirectUri": "bankapp://oidc",
            "pkceEnabled": True,
        },
        refusals=(ConfigurationUnavailable,),
    )
    encryptor = Encryptor.APPLICATION_GENERIC
    unreachable = ConfigurationUnavailable

    def post(self, request: Request) -> Response:
        body = validated(ProviderInput, self.decrypted(request))
        application_id = open_body(request).application_id()
        return Response(oidc.configuration(application_id, body["providerId"]))


def _source(request: Request) -> Source:
    me = identity_of_user(request)
    return Source(
        application_id=me.application_id,
        activation_id=me.activation_id,
        user_id=me.user_id,
        flags=me.flags,
        roles=me.roles,
    )
