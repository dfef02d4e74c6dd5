"""What the engine needs of a generation of the protocol.

A generation reads the activation's columns of its own, opens the records in them and names the
columns to change; it changes no row. Whatever is not what it must be is a ProtocolError, unless a
method says otherwise. The parts are implemented by modules.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from powerauth.engine.generations.factors import Factors
from powerauth.engine.generations.values import (
    DeviceFacts,
    EnvelopeParameters,
    EnvelopeSecrets,
    Exchanged,
    OfflineText,
    UnlockWish,
    Window,
)
from powerauth.engine.signatures.signature_attempt import Attempt
from powerauth.models import Activation, ApplicationVersion
from powerauth.protocol.headers import TokenHeader
from powerauth.protocol.signed_request import CounterMatch, SignatureType
from powerauth.protocol.v4.primitives.signing import SigningAlgorithm
from powerauth.values import EncryptedCall, Envelope, SealedRequest, StatusAnswer


class NotCounted(Exception):
    """A code that is refused without being compared, which costs the activation nothing."""


class Codes(Protocol):
    """Signatures, or authentication codes: protocol.md 7, protocol-4.md 24."""

    def has_keys(self, activation: Activation) -> bool:
        """Tell whether the keys of this generation were exchanged."""
        ...

    def find(
        self, activation: Activation, attempt: Attempt, *, look_ahead: int
    ) -> CounterMatch | None:
        """Compare an attempt with all keys that its factors may have, at the next counter values.

        Raises:
            NotCounted: the activation does not have one of the factors now.
        """
        ...

    def changes(self, activation: Activation, match: CounterMatch) -> dict[str, Any]:
        """Give the columns that a match changes, but for the number of the counter.

        Those of the counter's data; and, where a pending key of a factor matched, that key in the
        place of the former one, sealed for it.
        """
        ...

    def counter_data(self, activation: Activation) -> bytes:
        """Give the data of the counter that the next code is expected to use."""
        ...


class Envelopes(Protocol):
    """End-to-end encryption: protocol.md 5, protocol-4.md 21."""

    def read(self, payload: object, version: str) -> SealedRequest:
        """Read the members of an encrypted request."""
        ...

    def open(
        self,
        call: EncryptedCall,
        version: ApplicationVersion,
        activation: Activation | None,
        *,
        at: datetime,
    ) -> tuple[bytes, Envelope]:
        """Decrypt a request.

        Args:
            activation: in activation scope, where it has exchanged keys.

        Raises:
            EngineRefusal: ACTIVATION_STATE, TEMPORARY_KEY_MISSING, NO_MASTER_KEY_PAIR.
        """
        ...

    def secrets(
        self,
        call: EncryptedCall,
        version: ApplicationVersion,
        activation: Activation | None,
        *,
        at: datetime,
    ) -> EnvelopeSecrets:
        """Give what opens a request that somebody else decrypts, without looking at its message.

        Raises:
            EngineRefusal: as `open`.
        """
        ...

    def unseen(self, parameters: EnvelopeParameters) -> SealedRequest:
        """Stand for a request whose message the caller keeps."""
        ...

    def window(self) -> Window:
        """Tell when a request that has a time is accepted."""
        ...

    def replay_value(self, call: EncryptedCall) -> bytes | None:
        """Give what is unique to a request, with its kind; None if nothing in it can be."""
        ...


class AgreedKey(Protocol):
    """A temporary key that is about to be stored under an identifier."""

    suite: str
    secret: bytes
    """What the server keeps: the private key of a pair, or the secret that both sides share."""

    def answer(
        self,
        *,
        key_id: str,
        issued_at_ms: int,
        expires_at_ms: int,
        version: ApplicationVersion,
        activation: Activation | None,
    ) -> str:
        """Write the signed answer.

        Raises:
            EngineRefusal: NO_MASTER_KEY_PAIR.
        """
        ...


class KeyRequest(Protocol):
    """A signed request for a temporary key, whose signature is still to be checked."""

    @property
    def application_key(self) -> str:
        """Whose secret signs the request."""
        ...

    @property
    def activation_id(self) -> str | None:
        """As sent; None in application scope."""
        ...

    def check(self, version: ApplicationVersion, activation: Activation | None) -> None:
        """Check the signature, and that the application and the activation admit the suite.

        Raises:
            EngineRefusal: ACTIVATION_STATE for an activation without keys.
        """
        ...

    def agree(self) -> AgreedKey:
        """Make the key; only once the request was checked. A bad key of the phone refuses."""
        ...


class TemporaryKeys(Protocol):
    """Temporary keys: protocol.md 6, protocol-4.md 22."""

    def read(self, jwt: str) -> KeyRequest:
        """Read a request."""
        ...

    def is_served(self, activation: Activation) -> bool:
        """Tell whether the state of an activation lets it have keys."""
        ...


class Offer(Protocol):
    """What a phone offers in a key exchange."""

    facts: DeviceFacts

    def exchange(self, activation: Activation) -> Exchanged:
        """Make the server's keys and agree on the shared ones; a bad key of the phone refuses."""
        ...


class KeyExchange(Protocol):
    """The key exchange of an activation: protocol.md 4.4, protocol-4.md 23.2."""

    def read(self, plaintext: bytes) -> Offer:
        """Read the decrypted inner layer.

        Raises:
            EngineRefusal: INPUT_FORMAT for anything but a JSON object of the right members,
                INVALID_REQUEST for missing keys.
        """
        ...


class Identity(Protocol):
    """The status of an activation, and what both sides can compare of its keys."""

    def status(self, activation: Activation, challenge: bytes | None) -> StatusAnswer:
        """Write the status of an activation that has keys: protocol.md 9, protocol-4.md 27.

        Args:
            challenge: of the client, where the exchange has one.
        """
        ...

    def fingerprint(self, activation: Activation) -> str | None:
        """Give the eight digits that both sides show; None before the key exchange."""
        ...

    def device_keys(self, activation: Activation) -> Sequence[tuple[SigningAlgorithm, bytes]]:
        """Give the public keys of the device, ECDSA first; none before the key exchange."""
        ...

    def server_keys(self, activation: Activation) -> Sequence[tuple[SigningAlgorithm, bytes]]:
        """Give the server's private keys, ECDSA first.

        Raises:
            EngineRefusal: ACTIVATION_STATE for an activation that has none.
        """
        ...


class Vault(Protocol):
    """The vault of the phone: protocol.md 10.2, protocol-4.md 28."""

    def types(self) -> frozenset[SignatureType]:
        """Give the factors that can unlock anything at all."""
        ...

    def read(
        self, plaintext: bytes, kind: SignatureType, activation: Activation
    ) -> UnlockWish | None:
        """Read what a phone wants; None for what is no JSON object.

        Args:
            kind: the factors that ask for it.
            activation: whose vault it is; its application may forbid factors.

        Raises:
            EngineRefusal: INPUT_FORMAT for a malformed wish; INVALID_SIGNATURE for a key that these
                factors do not unlock.
        """
        ...

    def unlocked(self, activation: Activation, wish: UnlockWish) -> Mapping[str, object]:
        """Give the payload for the phone with the key."""
        ...

    def locked(self) -> Mapping[str, object]:
        """Give the payload after a wrong code."""
        ...


class Offline(Protocol):
    """Texts of QR codes: protocol.md 11, protocol-4.md 31."""

    def personal(self, activation: Activation, text: OfflineText) -> str:
        """Complete a text for one activation that has keys."""
        ...

    def serves_all(self, application_id: str) -> bool:
        """Tell whether the application has the key for a text for all of its users."""
        ...

    def common(self, application_id: str, text: OfflineText) -> str:
        """Complete a text for every user of an application.

        Raises:
            EngineRefusal: NO_MASTER_KEY_PAIR.
        """
        ...


class Tokens(Protocol):
    """Tokens: protocol.md 8, protocol-4.md 26."""

    SECRET_SIZE: int  # bytes

    def window(self) -> Window:
        """Tell when a digest is accepted."""
        ...

    def verify(self, header: TokenHeader, secret: bytes) -> bool:
        """Tell whether a digest was made with the secret."""
        ...

    def replay_value(self, header: TokenHeader) -> bytes:
        """Give what is unique to one use of a token, with its kind."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """A generation of the protocol.

    Args:
        number: its major version, as activations have it.
        factors: what phones tell of them; None where they change on the phone alone.
    """

    number: int
    codes: Codes
    envelopes: Envelopes
    temporary_keys: TemporaryKeys
    key_exchange: KeyExchange
    identity: Identity
    vault: Vault
    offline: Offline
    tokens: Tokens
    factors: Factors | None = None
