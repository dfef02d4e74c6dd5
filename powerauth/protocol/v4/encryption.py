"""End-to-end encryption of one request and its response in version 4.0.

A recipient opens a request and seals its response with the `Envelope` that it got; a sender seals a
request and opens the response with the `Envelope` that it kept.
"""

import secrets
from dataclasses import dataclass, field
from typing import Self

from powerauth.protocol.encoding import b64d, cat, int64be
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.errors import MalformedEnvelope
from powerauth.protocol.primitives import KEY_SIZE as APPLICATION_SECRET_SIZE
from powerauth.protocol.primitives import RandomBytes
from powerauth.protocol.v4.encrypted_messages import (
    NONCE_SIZE,
    EncryptedRequest,
    EncryptedResponse,
)
from powerauth.protocol.v4.primitives.aead import NONCE_SIZE as HALF
from powerauth.protocol.v4.primitives.aead import AeadKeys
from powerauth.protocol.v4.primitives.kmac import KEY_SIZE, Customization, kmac, sha3
from powerauth.protocol.versions import GENERATION_4

_VERSION = "4.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parties:
    """Who takes part in an exchange; ids and key are texts exactly as the client sent them."""

    encryptor: Encryptor
    application_key: str
    activation_id: str | None = None

    def associated_data(self, temporary_key_id: str) -> bytes:
        """Build the first part of AD, which does not depend on the direction.

        Source: protocol-4.md 21.4.
        """
        in_activation = self.encryptor.scope is Scope.ACTIVATION
        activation_id = self.activation_id if in_activation else None
        parts = (_VERSION, self.application_key, activation_id, temporary_key_id)
        return cat(*(part.encode() for part in parts if part is not None))


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedContext(_Parties):
    """What is known of an exchange by whom the server gave its secrets: protocol-4.md 34.3."""

    shared_info2: bytes = field(repr=False)
    """SHARED_INFO_2, 32 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionContext(_Parties):
    """What both sides know about an exchange before it begins."""

    application_secret: str = field(repr=False)
    """Base64 text of 16 bytes, which are used as bytes."""
    shared_info2_key: bytes | None = field(default=None, repr=False)
    """`ActivationKeys.shared_info2` in activation scope."""

    def __post_init__(self) -> None:
        """Refuse an activation scope that lacks its activation.

        Raises:
            MalformedEnvelope: activation id or key are absent.
            ValueError: a key of another size, or an encryptor of version 3.
        """
        if self.encryptor.generations.isdisjoint(GENERATION_4):
            raise ValueError("not an encryptor of version 4.0")
        if self.encryptor.scope is Scope.ACTIVATION:
            if self.activation_id is None or self.shared_info2_key is None:
                raise MalformedEnvelope("activation scope without an activation")
            if len(self.shared_info2_key) != KEY_SIZE:
                raise ValueError("a key has 32 bytes")

    @property
    def shared_info2(self) -> bytes:
        """SHARED_INFO_2, 32 bytes; it proves knowledge of the application secret.

        Raises:
            MalformedEncoding: the secret is not Base64 of 16 bytes.

        Source: protocol-4.md 21.4; checked by e2ee-lib-v4.
        """
        secret = b64d(self.application_secret, size=APPLICATION_SECRET_SIZE)
        if self.encryptor.scope is Scope.APPLICATION or self.shared_info2_key is None:
            return sha3(secret)
        return kmac(self.shared_info2_key, secret, Customization.SHARED_INFO_2)


Context = EncryptionContext | DerivedContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One exchange: its key, and what its two messages share."""

    key: bytes = field(repr=False)
    """The temporary key, 32 bytes."""
    aead: AeadKeys
    """The keys of both directions; they derive from the temporary key and the context."""
    nonce: bytes
    """24 bytes."""
    associated_data: bytes
    shared_info2: bytes = field(repr=False)

    @classmethod
    def of(cls, context: Context, *, key: bytes, temporary_key_id: str, nonce: bytes) -> Self:
        """Derive the envelope of a request. Source: protocol-4.md 21.3, 21.4."""
        key_context = (_VERSION + context.encryptor.sh1).encode() + nonce
        return cls(
            key=key,
            aead=AeadKeys.derive(key, key_context),
            nonce=nonce,
            associated_data=context.associated_data(temporary_key_id),
            shared_info2=context.shared_info2,
        )

    def seal_response(self, plaintext: bytes, *, timestamp: int) -> EncryptedResponse:
        """Encrypt the response to the request of this exchange.

        Args:
            plaintext: any bytes, none included.
            timestamp: milliseconds since 1970.

        Raises:
            MalformedEncoding: the time does not fit.

        Source: protocol-4.md 21.5.
        """
        sealed = self._seal(plaintext, self.nonce[HALF:], timestamp)
        return EncryptedResponse(encrypted_data=sealed, timestamp=timestamp)

    def open_response(self, response: EncryptedResponse) -> bytes:
        """Decrypt the response to the request of this exchange; the tag is checked first.

        Raises:
            ProtocolError: the response has another nonce, or the tag does not match.

        Source: protocol-4.md 21.5.
        """
        if response.encrypted_data[:HALF] != self.nonce[HALF:]:
            raise MalformedEnvelope("the message has another nonce")
        return self._open(response.encrypted_data, response.timestamp)

    def open_members(self, payload: object) -> bytes:
        """Decrypt the decoded JSON members of the response; see `open_response`.

        Raises:
            ProtocolError: a member is absent, malformed or one of version 3, or the tag does not
                match.

        Source: protocol-4.md 21.2, 21.5.
        """
        return self.open_response(EncryptedResponse.parse(payload))

    def seal_request(self, plaintext: bytes, *, timestamp: int) -> bytes:
        """Encrypt the request of this exchange; see `seal_request` of the module."""
        return self._seal(plaintext, self.nonce[:HALF], timestamp)

    def open_request(self, request: EncryptedRequest) -> bytes:
        """Decrypt the request of this exchange; see `open_request` of the module."""
        return self._open(request.encrypted_data, request.timestamp)

    def _seal(self, plaintext: bytes, nonce: bytes, timestamp: int) -> bytes:
        covered = self._associated_data(timestamp)
        return self.aead.seal(plaintext, nonce=nonce, associated_data=covered)

    def _open(self, sealed: bytes, timestamp: int) -> bytes:
        return self.aead.open(sealed, associated_data=self._associated_data(timestamp))

    def _associated_data(self, timestamp: int) -> bytes:
        return self.associated_data + cat(int64be(timestamp), self.nonce, self.shared_info2)


def open_request(
    request: EncryptedRequest, *, context: Context, key: bytes
) -> tuple[bytes, Envelope]:
    """Decrypt a request; the tag is checked first.

    Args:
        request: the received members.
        context: encryptor, application and activation of the request.
        key: the temporary key that the request names, 32 bytes.

    Returns: the plaintext, and the envelope for the response.

    Raises:
        ProtocolError: the tag does not match.

    Source: protocol-4.md 21; checked by e2ee-lib-v4 and e2ee-v4.
    """
    envelope = Envelope.of(
        context, key=key, temporary_key_id=request.temporary_key_id, nonce=request.nonce
    )
    return envelope.open_request(request), envelope


def seal_request(
    plaintext: bytes,
    *,
    context: EncryptionContext,
    key: bytes,
    temporary_key_id: str,
    timestamp: int,
    random: RandomBytes = secrets.token_bytes,
) -> tuple[EncryptedRequest, Envelope]:
    """Encrypt a request.

    Args:
        plaintext: any bytes, none included.
        context: encryptor, application and activation of the request.
        key: the temporary key, 32 bytes.
        temporary_key_id: its id.
        timestamp: milliseconds since 1970.
        random: source of the nonce. Two requests with one temporary key need different ones, also
            the two layers of an activation.

    Returns: the members to send, and the envelope for the response.

    Raises:
        ProtocolError: the time or the id is malformed.

    Source: protocol-4.md 21; checked by e2ee-lib-v4 and e2ee-v4.
    """
    nonce = random(NONCE_SIZE)
    envelope = Envelope.of(context, key=key, temporary_key_id=temporary_key_id, nonce=nonce)
    request = EncryptedRequest(
        temporary_key_id=temporary_key_id,
        encrypted_data=envelope.seal_request(plaintext, timestamp=timestamp),
        nonce=nonce,
        timestamp=timestamp,
    )
    return request, envelope


def replay_key(request: EncryptedRequest) -> bytes:
    """Build the value that is unique to a request, to be remembered and refused when seen again.

    The id enters in one letter case: another spelling of it names the same key.

    Source: protocol-4.md 21.6.
    """
    return request.nonce + request.temporary_key_id.lower().encode()
