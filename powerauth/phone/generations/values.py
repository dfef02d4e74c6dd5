"""Values that generations give to the phone."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from powerauth.protocol.v3 import encryption as encryption_3
from powerauth.protocol.v3 import offline as offline_3
from powerauth.protocol.v3 import temporary_key as temporary_key_3
from powerauth.protocol.v4 import encrypted_messages as encrypted_messages_4
from powerauth.protocol.v4 import encryption as encryption_4
from powerauth.protocol.v4 import offline as offline_4


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporarySecret:
    """A temporary key of protocol 4.0. Source: protocol-4.md 22.3."""

    key_id: str
    activation_id: str | None
    """None in application scope."""
    secret: bytes = field(repr=False)
    """32 bytes."""
    issued_at_ms: int
    expires_at_ms: int


TemporaryKey = temporary_key_3.TemporaryKey | TemporarySecret
SealedRequest = encryption_3.EncryptedRequest | encrypted_messages_4.EncryptedRequest
Envelope = encryption_3.Envelope | encryption_4.Envelope
OfflinePayload = offline_3.OfflinePayload | offline_4.OfflinePayload


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What the server tells about an activation. Source: protocol.md 9.2, protocol-4.md 27.2."""

    state: int
    """State byte, 1 to 5."""
    failed_attempts: int
    max_failed_attempts: int
    current_version: int
    """Major version of the activation."""
    upgrade_version: int
    """Major version that the server offers it."""
    look_ahead: int
    """Size of the counter window."""
    counter_byte: int | None
    """Low byte of the server's counter; None if the answer does not tell about the counter."""
    server_ahead: int | None
    """Steps from the phone's counter to the server's; None if it is behind, or too far ahead."""
    confirmation_pending: bool = False
    """The server waits for `confirm`."""
    suite_not_allowed: bool = False
    """The bank allows the suite no more: only a new activation helps."""
    biometry_enabled: bool | None = None
    """Whether the server takes codes by biometry; None in protocol 3, where it always does."""

    @property
    def upgrade_offered(self) -> bool:
        """Whether the server offers a newer protocol."""
        return self.upgrade_version > self.current_version


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultWish:
    """What is asked of the vault. Source: protocol.md 10.2, protocol-4.md 28."""

    reason: str | None
    """None sends none."""
    key: str | None
    """Name of a key, where there are several; None for the one that protects private keys."""


Signatures = Mapping[str, bytes]
"""Signatures by the device's keys: algorithm as a JWS names it -> DER on curves, raw for ML-DSA."""
