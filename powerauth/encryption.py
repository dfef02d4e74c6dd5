"""End-to-end encryption for any view: what the body says, and the answer under the same envelope.

A view with the attribute `encryptor` takes encrypted bodies. Which header feeds the decryption,
and whether a signature covers the ciphertext or the plaintext, follows standard-rest-api.md 2.5
and 3.1. Errors are never encrypted.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils import timezone
from rest_framework.request import Request

from enrollment_server.api.errors import ApiError
from enrollment_server.api.json import MalformedJson, dump_json, load_json
from enrollment_server.api.renderers import EnvelopeRenderer, enveloped
from enrollment_server.api.views import ApiView
from powerauth.conf import get_backend
from powerauth.engine.encryption import milliseconds_of
from powerauth.errors import EngineRefusal
from powerauth.protocol.encryption import EncryptedRequest, EncryptedResponse, Encryptor, Scope
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.headers import EncryptionHeader, SignatureHeader
from powerauth.protocol.signature import canonical_query
from powerauth.values import EncryptedCall, OpenedRequest

ENCRYPTION_HEADER = "X-PowerAuth-Encryption"
SIGNATURE_HEADER = "X-PowerAuth-Authorization"


class ParametersMissing(ProtocolError):
    """Neither a signature header nor an encryption header says who encrypted."""


def encryption_header(request: Request, scope: Scope) -> EncryptionHeader:
    """Give version, application key and activation of an encrypted request.

    Raises:
        ProtocolError: no header, a malformed one, one of the other scope, or two that disagree.
    """
    signature_text = request.headers.get(SIGNATURE_HEADER)
    encryption_text = request.headers.get(ENCRYPTION_HEADER)
    if encryption_text is not None:
        header = EncryptionHeader.parse(encryption_text)
        header.check_scope(scope)
        if signature_text is not None and not header.agrees_with(
            SignatureHeader.parse(signature_text)
        ):
            raise ParametersMissing
        return header
    if signature_text is None:
        raise ParametersMissing
    signature = SignatureHeader.parse(signature_text)
    header = EncryptionHeader(
        application_key=signature.application_key,
        activation_id=signature.activation_id,
        version=signature.version,
    )
    header.check_scope(scope)
    return header


def encrypted_call(request: Request, encryptor: Encryptor) -> EncryptedCall:
    """Read the encrypted body of a request with its header; nothing is decrypted yet.

    Raises:
        ProtocolError: header or body are malformed for the protocol version.
    """
    header = encryption_header(request, encryptor.scope)
    try:
        payload = load_json(request.body)
    except MalformedJson as error:
        raise ParametersMissing from error
    return EncryptedCall(
        request=EncryptedRequest.parse(payload, header.version),
        encryptor=encryptor,
        version=header.version,
        application_key=header.application_key,
        activation_id=header.activation_id,
    )


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
        return open_body(request).plaintext
    return request.body


class EncryptedRenderer(EnvelopeRenderer):
    """Encrypt the bare payload of a view; errors stay plain."""

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
        opened = open_body(renderer_context["request"])
        sealed = opened.envelope.seal_response(
            self.plaintext(data), timestamp=milliseconds_of(timezone.now())
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
        if isinstance(data, EncryptedResponse):
            return dump_json(data.to_json())
        return super().render(data, accepted_media_type, renderer_context)


class EncryptedView(ApiView):
    """A view whose body is encrypted with a generic encryptor; a signature covers the plaintext."""

    encryptor: ClassVar[Encryptor]
    decryption_failed: ClassVar[type[ApiError]]
    opened: OpenedRequest | None = None
    renderer_classes = [EncryptedRenderer]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        try:
            open_body(request)
        except (ProtocolError, EngineRefusal) as error:
            raise self.decryption_failed() from error

    def decrypted(self, request: Request) -> Any:
        """Give the JSON value in the body.

        Raises:
            ApiError: the view's `invalid_request` for anything but JSON.
        """
        plaintext = open_body(request).plaintext
        try:
            return load_json(plaintext) if plaintext.strip() else {}
        except MalformedJson as error:
            raise self.invalid_request() from error
