"""End-to-end encryption (ECIES) of one request and its response, in all versions.

A recipient opens a request and seals its response with the `Envelope` that it got; a sender seals a
request and opens the response with the `Envelope` that it kept.
"""

import secrets
from dataclasses import dataclass, field, replace

from powerauth.protocol.encoding import cat, int64be
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.errors import MalformedEnvelope
from powerauth.protocol.keys import ecdh, ephemeral_ecdh
from powerauth.protocol.primitives import KEY_SIZE, RandomBytes, hmac_sha256, sha256
from powerauth.protocol.v3.encrypted_messages import NONCE_SIZE, EncryptedRequest, EncryptedResponse
from powerauth.protocol.v3.envelope import EnvelopeKey
from powerauth.protocol.versions import VersionTraits, traits_of

__all__ = [
    "EncryptedRequest",
    "EncryptedResponse",
    "EncryptionContext",
    "Encryptor",
    "Envelope",
    "Scope",
    "associated_data",
    "open_request",
    "receive_envelope",
    "replay_key",
    "seal_request",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionContext:
    """What both sides know about an exchange before it begins.

    Ids and the application key are texts exactly as the client sent them.
    """

    version: str
    encryptor: Encryptor
    application_key: str
    application_secret: str = field(repr=False)
    """Base64 text, which is used as text."""
    activation_id: str | None = None
    transport_key: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse an activation scope that lacks its activation.

        Raises:
            ProtocolError: an unknown version, or activation id or transport key are absent.
        """
        traits_of(self.version)
        if self.encryptor.scope is Scope.ACTIVATION:
            if self.activation_id is None or self.transport_key is None:
                raise MalformedEnvelope("activation scope without an activation")
            if len(self.transport_key) != KEY_SIZE:
                raise ValueError("a transport key has 16 bytes")

    @property
    def traits(self) -> VersionTraits:
        """Traits of the version."""
        return traits_of(self.version)

    @property
    def shared_info1(self) -> bytes:
        """Text that the envelope key depends on. Source: protocol.md 5.3."""
        prefix = self.version if self.traits.version_in_shared_info else ""
        return (prefix + self.encryptor.sh1).encode()

    @property
    def shared_info2_base(self) -> bytes:
        """Secret that every MAC depends on, 32 bytes. Source: protocol.md 5.5."""
        secret = self.application_secret.encode()
        if self.encryptor.scope is Scope.APPLICATION or self.transport_key is None:
            return sha256(secret)
        return hmac_sha256(key=self.transport_key, data=secret)

    def associated_data(self, temporary_key_id: str | None) -> bytes:
        """Build what the MAC covers from 3.2 on; empty before. Source: protocol.md 5.5."""
        in_activation = self.encryptor.scope is Scope.ACTIVATION
        return associated_data(
            version=self.version,
            application_key=self.application_key,
            activation_id=self.activation_id if in_activation else None,
            temporary_key_id=temporary_key_id,
        )


def associated_data(
    *,
    version: str,
    application_key: str,
    activation_id: str | None,
    temporary_key_id: str | None,
) -> bytes:
    """Build what the MAC covers besides the message from 3.2 on; empty before.

    Args:
        activation_id: None in application scope.

    Source: protocol.md 5.5.
    """
    if not traits_of(version).bound_parameters:
        return b""
    parts = (version, application_key, activation_id, temporary_key_id)
    return cat(*(part.encode() for part in parts if part is not None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One exchange: the envelope key and the shared infos of its request."""

    key: EnvelopeKey
    traits: VersionTraits
    shared_info2_base: bytes = field(repr=False)
    associated_data: bytes
    request_nonce: bytes | None

    def seal_response(
        self, plaintext: bytes, *, timestamp: int, random: RandomBytes = secrets.token_bytes
    ) -> EncryptedResponse:
        """Encrypt the response to the request of this exchange.

        Args:
            plaintext: any bytes, none included.
            timestamp: milliseconds since 1970; not used before 3.2.
            random: source of the response nonce; not used before 3.2.

        Source: protocol.md 5.4, 5.5.
        """
        if not self.traits.response_nonce:
            ciphertext, mac = self.key.seal(
                plaintext, nonce=self.request_nonce, shared_info2=self.shared_info2_base
            )
            return EncryptedResponse(encrypted_data=ciphertext, mac=mac)
        nonce = random(NONCE_SIZE)
        shared_info2 = self._shared_info2(nonce=nonce, timestamp=timestamp)
        ciphertext, mac = self.key.seal(plaintext, nonce=nonce, shared_info2=shared_info2)
        return EncryptedResponse(
            encrypted_data=ciphertext, mac=mac, nonce=nonce, timestamp=timestamp
        )

    def open_response(self, response: EncryptedResponse) -> bytes:
        """Decrypt the response to the request of this exchange; the MAC is checked first.

        Raises:
            ProtocolError: the response does not fit the version, or the MAC does not match.

        Source: protocol.md 5.4, 5.5, 5.11.
        """
        response.check_version(self.traits)
        nonce, timestamp = response.nonce, response.timestamp
        if nonce is None or timestamp is None:
            nonce, shared_info2 = self.request_nonce, self.shared_info2_base
        else:
            shared_info2 = self._shared_info2(nonce=nonce, timestamp=timestamp)
        return self.key.open(
            response.encrypted_data, mac=response.mac, nonce=nonce, shared_info2=shared_info2
        )

    def open_members(self, payload: object) -> bytes:
        """Decrypt the decoded JSON members of the response; see `open_response`.

        Raises:
            ProtocolError: a member is absent or malformed, or the MAC does not match.

        Source: protocol.md 5.4, 5.5.
        """
        return self.open_response(EncryptedResponse.parse(payload, self.traits.version))

    def request_shared_info2(self, request: EncryptedRequest) -> bytes:
        """Build what the MAC of the request covers besides the ciphertext. Source: 5.5."""
        if request.nonce is None or request.timestamp is None:
            return self.shared_info2_base
        return self._shared_info2(
            nonce=request.nonce,
            timestamp=request.timestamp,
            ephemeral_public_key=request.ephemeral_public_key,
        )

    def _shared_info2(
        self, *, nonce: bytes, timestamp: int, ephemeral_public_key: bytes = b""
    ) -> bytes:
        return cat(
            self.shared_info2_base,
            nonce,
            int64be(timestamp),
            ephemeral_public_key,
            self.associated_data,
        )


def open_request(
    request: EncryptedRequest, *, context: EncryptionContext, recipient_private_key: bytes
) -> tuple[bytes, Envelope]:
    """Decrypt a request; the MAC is checked first.

    Args:
        request: the received members.
        context: version, encryptor, application and activation of the request.
        recipient_private_key: master, server or temporary key, see protocol.md 5.2.

    Returns: the plaintext, and the envelope for the response.

    Raises:
        ProtocolError: the members do not fit the version, the ephemeral key is no valid key, or the
            MAC does not match.

    Source: protocol.md 5; checked by ecies_round_trip, ecies_sdk_v32 and ecies_sdk_v33.
    """
    envelope = receive_envelope(
        request, context=context, recipient_private_key=recipient_private_key
    )
    plaintext = envelope.key.open(
        request.encrypted_data,
        mac=request.mac,
        nonce=request.nonce,
        shared_info2=envelope.request_shared_info2(request),
    )
    return plaintext, envelope


def receive_envelope(
    request: EncryptedRequest, *, context: EncryptionContext, recipient_private_key: bytes
) -> Envelope:
    """Derive the envelope of a request without decrypting it.

    Raises:
        ProtocolError: the members do not fit the version, or the ephemeral key is no valid key.

    Source: protocol.md 5.3.
    """
    request.check_version(context.traits)
    secret = ecdh(recipient_private_key, request.ephemeral_public_key)
    return _envelope(request, context, secret)


def seal_request(
    plaintext: bytes,
    *,
    context: EncryptionContext,
    recipient_public_key: bytes,
    timestamp: int,
    temporary_key_id: str | None = None,
    random: RandomBytes = secrets.token_bytes,
) -> tuple[EncryptedRequest, Envelope]:
    """Encrypt a request.

    Args:
        plaintext: any bytes, none included.
        context: version, encryptor, application and activation of the request.
        recipient_public_key: master, server or temporary key, see protocol.md 5.2.
        timestamp: milliseconds since 1970; not used before 3.2.
        temporary_key_id: id of the recipient key; exactly in 3.3.
        random: source of the ephemeral key and the nonce.

    Returns: the members to send, and the envelope for the response.

    Raises:
        ProtocolError: the recipient key is no valid key, or the temporary key id does not fit the
            version.

    Source: protocol.md 5.
    """
    traits = context.traits
    ephemeral_public_key, secret = ephemeral_ecdh(recipient_public_key, random)
    draft = EncryptedRequest(
        ephemeral_public_key=ephemeral_public_key,
        encrypted_data=bytes(16),
        mac=bytes(32),
        nonce=random(NONCE_SIZE) if traits.request_nonce else None,
        timestamp=timestamp if traits.request_timestamp else None,
        temporary_key_id=temporary_key_id,
    )
    draft.check_version(traits)
    envelope = _envelope(draft, context, secret)
    ciphertext, mac = envelope.key.seal(
        plaintext, nonce=draft.nonce, shared_info2=envelope.request_shared_info2(draft)
    )
    return replace(draft, encrypted_data=ciphertext, mac=mac), envelope


def replay_key(request: EncryptedRequest, activation_id: str | None) -> bytes:
    """Build the value that is unique to a request, to be remembered and refused when seen again.

    Args:
        request: a request of a version that checks replays.
        activation_id: as the client sent it; None in application scope.

    Raises:
        MalformedEnvelope: the request has no nonce.

    Source: protocol.md 5.8.
    """
    if request.nonce is None:
        raise MalformedEnvelope("nonce is absent")
    return request.ephemeral_public_key + request.nonce + (activation_id or "").encode()


def _envelope(request: EncryptedRequest, context: EncryptionContext, secret: bytes) -> Envelope:
    return Envelope(
        key=EnvelopeKey.derive(secret, context.shared_info1, request.ephemeral_public_key),
        traits=context.traits,
        shared_info2_base=context.shared_info2_base,
        associated_data=context.associated_data(request.temporary_key_id),
        request_nonce=request.nonce,
    )
