"""DRF authentication by `X-PowerAuth-Authorization` and `X-PowerAuth-Token`.

A view names what it admits in its attribute `access`. Each class has three answers: None for a
request without its header, an identity, or AuthenticationFailed, which says nothing of the cause.
That nobody could be asked is no answer: RemoteFailure passes, for the endpoint to name.
"""

from collections.abc import Collection
from typing import Any

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from enrollment_server.api.clients import header_of
from powerauth.conf import get_backend
from powerauth.errors import EngineRefusal, RemoteFailure
from powerauth.http.access import Access, check_version
from powerauth.http.encryption import signed_body
from powerauth.http.generations import served_by
from powerauth.http.identity import Identity
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.headers import (
    SIGNATURE_HEADER,
    TOKEN_HEADER,
    SignatureHeader,
    TokenHeader,
)
from powerauth.protocol.signed_request import SignatureType, normalize_request
from powerauth.protocol.versions import GENERATION_3
from powerauth.values import ActivationFacts, SignedRequest


class Unaccepted(Exception):
    """A well-formed credential that the endpoint or the server does not accept.

    Args:
        reason: why, for the log.
        activation: whose it is, if that is known.
    """

    def __init__(self, reason: str, activation: str = "") -> None:
        self.log_details = {"reason": reason, "activation": activation}
        super().__init__(reason)


class CredentialRefused(AuthenticationFailed):
    """A signature or a token that authenticates nobody; only the log says why."""

    def __init__(self, credential: str, *, activation: str = "") -> None:
        super().__init__()
        self.log_details = {"credential": credential, "activation": activation}


class SignatureAuthentication(BaseAuthentication):
    """Authenticate by a signature over the request: protocol.md 7."""

    def authenticate(self, request: Request) -> tuple[Identity, SignatureHeader] | None:
        value = header_of(request._request, SIGNATURE_HEADER)
        if value is None:
            return None
        named = ""
        try:
            header = SignatureHeader.parse(value, self.generations(request))
            named = header.activation_id
            return _verify_signature(request, header), header
        except RemoteFailure:
            raise
        except (ProtocolError, EngineRefusal, Unaccepted) as error:
            raise CredentialRefused("signature", activation=named) from error

    def generations(self, request: Request) -> Collection[int]:
        """Give the generations of the protocol that may sign a request."""
        return served_by(request)

    def authenticate_header(self, request: Request) -> str:
        return "PowerAuth"


class FormerSignatureAuthentication(SignatureAuthentication):
    """Authenticate a phone of protocol 3 at an endpoint of protocol 4: protocol-4.md 30.1.

    The body is encrypted in protocol 4, and has a header of its own.
    """

    def generations(self, request: Request) -> Collection[int]:
        return GENERATION_3


class TokenAuthentication(BaseAuthentication):
    """Authenticate by a token digest, which does not cover the body: protocol.md 8."""

    def authenticate(self, request: Request) -> tuple[Identity, TokenHeader] | None:
        value = header_of(request._request, TOKEN_HEADER)
        if value is None:
            return None
        try:
            header = TokenHeader.parse(value, served_by(request))
            return _verify_token(request, header), header
        except RemoteFailure:
            raise
        except (ProtocolError, EngineRefusal, Unaccepted) as error:
            raise CredentialRefused("token") from error

    def authenticate_header(self, request: Request) -> str:
        return "PowerAuth"


def access_of(request: Request) -> Access:
    """Give what the view of a request admits."""
    access: Any = request.parser_context["view"].access
    if not isinstance(access, Access):
        raise TypeError("the view does not say what it admits")
    return access


def signed_request(request: Request, header: SignatureHeader) -> SignedRequest:
    """Put together what a signature covers: the body as received, never as parsed.

    Raises:
        ProtocolError: the body or the query is not what a client can have signed.
        EngineRefusal: the body could not be decrypted.
    """
    body = signed_body(request)
    return SignedRequest(
        activation_id=header.activation_id,
        application_key=header.application_key,
        signature=header.signature,
        signature_type=header.signature_type,
        version=header.version,
        bases=[
            normalize_request(request.method or "", resource_id, header.nonce, body)
            for resource_id in access_of(request).resource_ids()
        ],
    )


def _verify_signature(request: Request, header: SignatureHeader) -> Identity:
    access = access_of(request)
    check_version(header.version, access.resource_ids())
    # A type that the endpoint forbids is refused before the engine counts anything.
    if header.signature_type not in access.signature_types():
        raise Unaccepted("factors_not_allowed")
    signed = signed_request(request, header)
    at = timezone.now()
    verdict = get_backend().verify_signature(signed, admitted=access.states, at=at)
    if not verdict.valid:
        raise Unaccepted(verdict.reason, verdict.activation.activation_id)
    return _identity(verdict.activation, verdict.signature_type, header.version)


def _verify_token(request: Request, header: TokenHeader) -> Identity:
    check_version(header.version)
    verdict = get_backend().verify_token(header, at=timezone.now())
    owner = "" if verdict.activation is None else verdict.activation.activation_id
    if not verdict.valid or verdict.activation is None or verdict.signature_type is None:
        raise Unaccepted(verdict.reason, owner)
    if verdict.signature_type not in access_of(request).tokens_of:
        raise Unaccepted("factors_not_allowed", owner)
    return _identity(verdict.activation, verdict.signature_type, header.version)


def _identity(activation: ActivationFacts, kind: SignatureType, version: str) -> Identity:
    return Identity(
        user_id=activation.user_id,
        application_id=activation.application_id,
        activation_id=activation.activation_id,
        flags=activation.flags,
        roles=activation.roles,
        signature_type=kind,
        version=version,
    )
