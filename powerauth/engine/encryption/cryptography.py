"""The engine's one way to the cryptography of a protocol generation.

The engine stores key material as opaque bytes beside the name of its algorithm and never looks
inside. A further generation is a further class here; nothing else asks which one it is.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from powerauth.protocol import keys as p256
from powerauth.protocol.keys import ActivationKeys, KeyPair
from powerauth.protocol.v3 import status_blob, vault
from powerauth.protocol.v3.encryption import (
    EncryptedRequest,
    EncryptionContext,
    Envelope,
    open_request,
    receive_envelope,
)
from powerauth.protocol.v3.signature import CounterMatch, SignatureType, find_counter
from powerauth.protocol.v3.status_blob import StatusFields
from powerauth.protocol.versions import SignatureFormat

CURRENT_GENERATION = 3


class Cryptography(Protocol):
    """What the engine needs of a generation; bytes in, bytes out.

    Every method raises ProtocolError for material that is not what it must be.
    """

    algorithm: str

    def generate_key_pair(self) -> KeyPair: ...

    def normalize_public_key(self, key: bytes) -> bytes: ...

    def exchange_keys(self, private_key: bytes, public_key: bytes) -> bytes:
        """Derive the keys of an activation, as bytes to store."""
        ...

    def transport_key(self, derived_keys: bytes) -> bytes: ...

    def sign(self, private_key: bytes, data: bytes) -> bytes: ...

    def verify(self, public_key: bytes, data: bytes, signature: bytes) -> bool: ...

    def fingerprint(self, device_key: bytes, activation_id: str, server_key: bytes) -> str: ...

    def find_counter(
        self,
        signature: str,
        candidates: Sequence[tuple[bytes, SignatureType]],
        *,
        derived_keys: bytes,
        ctr_data: bytes,
        fmt: SignatureFormat,
        look_ahead: int,
        digits: int = 8,
    ) -> CounterMatch | None: ...

    def open_request(
        self, request: EncryptedRequest, *, context: EncryptionContext, private_key: bytes
    ) -> tuple[bytes, Envelope]: ...

    def receive_envelope(
        self, request: EncryptedRequest, *, context: EncryptionContext, private_key: bytes
    ) -> Envelope: ...

    def seal_status(
        self,
        status: StatusFields,
        *,
        derived_keys: bytes,
        ctr_data: bytes,
        challenge: bytes | None,
    ) -> tuple[bytes, bytes | None]: ...

    def encrypted_vault_key(self, derived_keys: bytes) -> bytes: ...


class Generation3:
    """Protocol 3.0 to 3.3: P-256, AES and HMAC-SHA256."""

    algorithm = "EC_P256"

    def generate_key_pair(self) -> KeyPair:
        return p256.generate_key_pair()

    def normalize_public_key(self, key: bytes) -> bytes:
        return p256.normalize_public_key(key)

    def exchange_keys(self, private_key: bytes, public_key: bytes) -> bytes:
        secret = p256.master_secret(private_key, public_key)
        return p256.derive_activation_keys(secret).to_bytes()

    def transport_key(self, derived_keys: bytes) -> bytes:
        return ActivationKeys.from_bytes(derived_keys).transport

    def sign(self, private_key: bytes, data: bytes) -> bytes:
        return p256.sign(private_key, data)

    def verify(self, public_key: bytes, data: bytes, signature: bytes) -> bool:
        return p256.verify(public_key, data, signature)

    def fingerprint(self, device_key: bytes, activation_id: str, server_key: bytes) -> str:
        return p256.activation_fingerprint(device_key, activation_id, server_key)

    def find_counter(
        self,
        signature: str,
        candidates: Sequence[tuple[bytes, SignatureType]],
        *,
        derived_keys: bytes,
        ctr_data: bytes,
        fmt: SignatureFormat,
        look_ahead: int,
        digits: int = 8,
    ) -> CounterMatch | None:
        return find_counter(
            signature,
            candidates,
            keys=ActivationKeys.from_bytes(derived_keys),
            ctr=ctr_data,
            fmt=fmt,
            look_ahead=look_ahead,
            digits=digits,
        )

    def open_request(
        self, request: EncryptedRequest, *, context: EncryptionContext, private_key: bytes
    ) -> tuple[bytes, Envelope]:
        return open_request(request, context=context, recipient_private_key=private_key)

    def receive_envelope(
        self, request: EncryptedRequest, *, context: EncryptionContext, private_key: bytes
    ) -> Envelope:
        return receive_envelope(request, context=context, recipient_private_key=private_key)

    def seal_status(
        self,
        status: StatusFields,
        *,
        derived_keys: bytes,
        ctr_data: bytes,
        challenge: bytes | None,
    ) -> tuple[bytes, bytes | None]:
        return status_blob.seal_status(
            status,
            transport_key=self.transport_key(derived_keys),
            ctr_data=ctr_data,
            challenge=challenge,
        )

    def encrypted_vault_key(self, derived_keys: bytes) -> bytes:
        return vault.encrypt_vault_key(ActivationKeys.from_bytes(derived_keys))


_GENERATIONS: Mapping[int, Cryptography] = {CURRENT_GENERATION: Generation3()}


def cryptography_of(generation: int) -> Cryptography:
    """Give the cryptography of a protocol generation."""
    return _GENERATIONS[generation]
