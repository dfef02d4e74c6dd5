"""The bases of the views below `/pa/v3/`: every refusal of an endpoint becomes its one code."""

from typing import ClassVar

from rest_framework.exceptions import ValidationError

from enrollment_server.api.errors import ApiError
from enrollment_server.api.views import ApiView
from powerauth.errors import EngineRefusal
from powerauth.http.access import SIGNED_BODY
from powerauth.http.authentication import SignatureAuthentication
from powerauth.http.encryption import (
    EncryptedEnvelopeRenderer,
    EncryptedView,
    ParametersMissing,
    SealedRenderer,
)
from powerauth.http.permissions import Authenticated
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.versions import GENERATION_3
from powerauth.standard.errors import AuthenticationRefused, MalformedBody

# The groups of the endpoints in their document.
SERVER = "PowerAuth: server"
ACTIVATION = "PowerAuth: activation"
CREDENTIALS = "PowerAuth: signatures, tokens, vault"


class StandardView(ApiView):
    """A view of one endpoint.

    `refused` answers what the server refuses and a payload that the endpoint cannot use; which of
    the two it was, and why, stands in the log only (standard-rest-api.md 5.4).
    """

    refused: ClassVar[type[ApiError]]
    invalid_request: ClassVar[type[ApiError]] = MalformedBody
    unauthenticated: ClassVar[type[ApiError]] = AuthenticationRefused
    generations = GENERATION_3
    http_method_names = ["post"]

    def documented_error(self, exc: Exception) -> ApiError | None:
        if isinstance(exc, EngineRefusal | ProtocolError | ValidationError):
            return self.refused()
        return None


class SignedView(StandardView):
    """An endpoint that takes a signature over the body as received."""

    body_limit = SIGNED_BODY
    authentication_classes = [SignatureAuthentication]
    permission_classes = [Authenticated]


class SealedView(StandardView):
    """An endpoint whose body and answer the server itself opens and encrypts.

    A body that lacks a parameter of its version is answered like a missing signature:
    standard-rest-api.md 4.4.
    """

    renderer_classes = [SealedRenderer]

    def documented_error(self, exc: Exception) -> ApiError | None:
        if isinstance(exc, ParametersMissing):
            return self.unauthenticated()
        return super().documented_error(exc)


class GenericView(StandardView, EncryptedView):
    """An endpoint with a generic encryptor."""


class GenericEnvelopeView(GenericView):
    """An endpoint with a generic encryptor, whose answer is wrapped inside the ciphertext."""

    body_limit = SIGNED_BODY
    renderer_classes = [EncryptedEnvelopeRenderer]
