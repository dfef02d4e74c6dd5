"""End-to-end encryption for any view: what the body says, and the answer under the same envelope.

A view with the attribute `encryptor` takes encrypted bodies. Which header feeds the decryption,
and whether a signature covers the ciphertext or the plaintext, follows standard-rest-api.md 2.5
and 3.1. Errors are never encrypted. A view may admit plain bodies besides; their answers are plain.
"""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django.utils import timezone
from rest_framework.request import Request

from enrollment_server.api.clients import header_of
from enrollment_server.api.errors import ApiError
from enrollment_server.api.payloads.json import MalformedJson, dump_json, load_exact
from enrollment_server.api.payloads.parsers import unwrap
from enrollment_server.api.renderers import EnvelopeRenderer, enveloped
from enrollment_server.api.views import ApiView
from powerauth.conf import get_backend
from powerauth.engine.encryption.encryption import milliseconds_of
from powerauth.engine.generations import choice
from powerauth.errors import EngineRefusal, RemoteFailure
from powerauth.http.access import check_version
from powerauth.http.generations import served_by
from powerauth.http.identity import Identity
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.errors import MalformedHeader, ProtocolError
from powerauth.protocol.headers import (
    ENCRYPTION_HEADER,
    SIGNATURE_HEADER,
    EncryptionHeader,
    SignatureHeader,
)
from powerauth.protocol.signed_request import canonical_query
from powerauth.protocol.versions import TRAITS
from powerauth.values import EncryptedCall, OpenedRequest, SealedResponse


class ParametersMissing(ProtocolError):
    """An encrypted body lacks a parameter that its version needs: standard-rest-api.md 4.4."""


def encryption_header(request: Request, scope: Scope) -> EncryptionHeader:
    """Give version, application key and activation of an encrypted request.

    Raises:
        ProtocolError: no header, a malformed one, one of the other scope, or two that disagree.
    """
    signature_text = header_of(request._request, SIGNATURE_HEADER)
    encryption_text = header_of(request._request, ENCRYPTION_HEADER)
    served = served_by(request)
    signature = None if signature_text is None else SignatureHeader.parse(signature_text, served)
    if encryption_text is not None:
        header = EncryptionHeader.parse(encryption_text, served)
        if signature is not None and not header.agrees_with(signature):
            raise MalformedHeader("the headers disagree")
    elif signature is not None:
        header = EncryptionHeader(
            application_key=signature.application_key,
            activation_id=signature.activation_id,
            version=signature.version,
        )
    else:
        raise MalformedHeader("no header says who encrypted")
    check_version(header.version)
    header.check_scope(scope)
    return header


def encrypted_call(request: Request, encryptor: Encryptor) -> EncryptedCall:
    """Read the encrypted body of a request with its header; nothing is decrypted yet.

    Raises:
        ParametersMissing: the body lacks what its version needs.
        ProtocolError: header or body are malformed for the protocol version.
    """
    return _call(request, encryptor, encryption_header(request, encryptor.scope))


def encrypted_call_beside(
    request: Request, encryptor: Encryptor, generations: Collection[int]
) -> EncryptedCall:
    """Read an encrypted body whose header stands beside a signature of another generation.

    Nothing in the one header speaks for the other: the server has to compare what they name.

    Args:
        generations: that the body may be encrypted in.

    Raises:
        As `encrypted_call`.
    """
    text = header_of(request._request, ENCRYPTION_HEADER)
    if text is None:
        raise MalformedHeader("no header says who encrypted")
    header = EncryptionHeader.parse(text, generations)
    check_version(header.version)
    header.check_scope(encryptor.scope)
    return _call(request, encryptor, header)


def _call(request: Request, encryptor: Encryptor, header: EncryptionHeader) -> EncryptedCall:
    payload = _members(request.body)
    _check_parameters(payload, header.version)
    return EncryptedCall(
        request=choice.of_version(header.version).envelopes.read(payload, header.version),
        encryptor=encryptor,
        version=header.version,
        application_key=header.application_key,
        activation_id=header.activation_id,
    )


def is_envelope(body: bytes) -> bool:
    """Tell whether a body has the shape of an encryption envelope: mobile-token-api.md 9.1."""
    return "encryptedData" in _members(body)


def _members(body: bytes) -> Mapping[str, Any]:
    """Give the members of an encrypted body; one that is no JSON object has none."""
    try:
        payload = load_exact(body)
    except MalformedJson:
        return {}
    return payload if isinstance(payload, dict) else {}


def _check_parameters(payload: Mapping[str, Any], version: str) -> None:
    traits = TRAITS[version]
    needed = {
        "nonce": traits.request_nonce,
        "timestamp": traits.request_timestamp,
        "temporaryKeyId": traits.temporary_key,
    }
    if any(wanted and payload.get(name) is None for name, wanted in needed.items()):
        raise ParametersMissing


def open_body(request: Request) -> OpenedRequest:
    """Decrypt the body of a view with an `encryptor`, once a request.

    Raises:
        ProtocolError: header or body are malformed.
        EngineRefusal: the server refuses to decrypt.
    """
    view: EncryptedView = request.parser_context["view"]
    if view.opened is None:
        call = encrypted_call(request, view.encryptor)
        view.opened = get_backend().open_request(call, at=timezone.now())
    return view.opened


def signed_body(request: Request) -> bytes:
    """Give the bytes that a signature covers: protocol.md 5.9, 7.1 and 7.2.

    Raises:
        ProtocolError, EngineRefusal: as `open_body`; a query with broken escapes.
    """
    if request.method == "GET":
        return canonical_query(request.META.get("QUERY_STRING", ""))
    view = request.parser_context["view"]
    if isinstance(view, EncryptedView):
        return view.plaintext(request)
    return request.body


class EncryptedRenderer(EnvelopeRenderer):
    """Encrypt the bare payload of a view; errors, and answers to plain bodies, stay plain."""

    def plaintext(self, data: object) -> bytes:
        return dump_json(data)

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if isinstance(data, ApiError) or renderer_context is None:
            return super().render(data, accepted_media_type, renderer_context)
        request, view = renderer_context["request"], renderer_context["view"]
        plaintext = self.plaintext(data)
        if view.is_plain(request):
            return plaintext
        sealed = open_body(request).envelope.seal_response(
            plaintext, timestamp=milliseconds_of(timezone.now())
        )
        return dump_json(sealed.to_json())


class EncryptedEnvelopeRenderer(EncryptedRenderer):
    """Encrypt the payload within the OK envelope."""

    def plaintext(self, data: object) -> bytes:
        return dump_json(enveloped(data))


class SealedRenderer(EnvelopeRenderer):
    """Write an answer that the server has encrypted itself; errors stay plain."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if isinstance(data, SealedResponse):
            return dump_json(data.to_json())
        return super().render(data, accepted_media_type, renderer_context)


class EncryptedView(ApiView):
    """A view whose body is encrypted with a generic encryptor; a signature covers the plaintext.

    Of a plain body, where a view admits one, the signature covers the body itself.
    """

    encryptor: ClassVar[Encryptor]
    decryption_failed: ClassVar[type[ApiError]]
    opened: OpenedRequest | None = None
    renderer_classes = [EncryptedRenderer]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        try:
            self.plaintext(request)
        except RemoteFailure:
            raise
        except (ProtocolError, EngineRefusal) as error:
            raise self.decryption_failed() from error
        encrypted_by = None if self.opened is None else self.opened.activation_id
        # A token does not say who encrypted: the body could be another activation's.
        if (
            isinstance(request.user, Identity)
            and encrypted_by is not None
            and encrypted_by.lower() != request.user.activation_id.lower()
        ):
            raise self.decryption_failed()

    def admits_plain(self) -> bool:
        """Tell whether the view takes bodies in plain form as well."""
        return False

    def is_plain(self, request: Request) -> bool:
        """Tell whether a body is to be read, and answered, in plain form."""
        return self.admits_plain() and not is_envelope(request.body)

    def plaintext(self, request: Request) -> bytes:
        """Give the body in plain form.

        Raises:
            ProtocolError, EngineRefusal: as `open_body`.
        """
        return request.body if self.is_plain(request) else open_body(request).plaintext

    def request_object(self, request: Request) -> Any:
        """Give the `requestObject` in the body, None if there is none.

        Raises:
            ParseError: the body, or what was encrypted, is no JSON object.
            UnsupportedMediaType: a plain body is not announced as JSON.
        """
        return request.data if self.is_plain(request) else unwrap(self.plaintext(request))

    def decrypted(self, request: Request) -> Any:
        """Give the JSON value in the body.

        Raises:
            ApiError: the view's `invalid_request` for anything but JSON.
        """
        plaintext = self.plaintext(request)
        try:
            return load_exact(plaintext) if plaintext.strip() else {}
        except MalformedJson as error:
            raise self.invalid_request() from error
