"""What the engine gives to a generation, and what it gets back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from powerauth.models import ActivationKey
from powerauth.protocol.versions import GENERATION_3


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeParameters:
    """What a caller tells of an encrypted request that it keeps to itself.

    Texts are exactly as the phone sent them; `activation_id` is None in application scope.

    Args:
        generations: those that the caller serves.
    """

    application_key: str | None
    ephemeral_public_key: bytes | None
    version: str | None
    activation_id: str | None = None
    temporary_key_id: str | None = None
    nonce: bytes | None = None
    timestamp: int | None = None
    generations: Collection[int] = GENERATION_3


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeSecrets:
    """What opens one request and seals its answer.

    Args:
        envelope_key: 48 bytes (protocol.md 5.3), in generation 4 32 bytes (protocol-4.md 21.3).
        shared_info2_base: 32 bytes (protocol.md 5.5, protocol-4.md 21.4).
    """

    envelope_key: bytes = field(repr=False)
    shared_info2_base: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFacts:
    """What a phone says about itself in a key exchange: protocol.md 4.3, protocol-4.md 23.1."""

    otp: str = field(repr=False)
    name: str
    extras: str
    platform: str
    device_info: str
    external_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """What an activation has after its key exchange.

    Args:
        columns: of the activation, with its generation, suite and version.
        key_pairs: rows to store beside it.
        answer: payload for the phone, without the activation's identifier.
    """

    columns: dict[str, Any]
    answer: dict[str, object]
    key_pairs: Sequence[ActivationKey] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineText:
    """What stands in a QR code before the proof of who made it: protocol.md 11.1.

    Args:
        nonce_b64: Base64 of 16 bytes.
        totp: code of the proximity check, or None.
    """

    data: str
    nonce_b64: str
    totp: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How far the time of a request may be from now."""

    past: timedelta
    future: timedelta

    @property
    def width(self) -> timedelta:
        """How long a request can be accepted at all."""
        return self.past + self.future

    def holds(self, sent_at: datetime, *, at: datetime) -> bool:
        """Tell whether a request of a time is accepted now."""
        return at - self.past <= sent_at <= at + self.future


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockWish:
    """What a phone wants of its vault.

    Args:
        key: which key; empty where there is only one.
    """

    reason: str
    key: str = ""
