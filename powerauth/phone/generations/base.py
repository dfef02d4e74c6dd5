"""What a phone needs of a generation of the protocol; modules implement the parts.

A part distrusts what it reads: `UntrustworthyAnswer` says that an answer fails a check.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from powerauth.phone.core import PhoneCore
from powerauth.phone.enrolments import AnyEnrolment
from powerauth.phone.generations.channels import Channel, OwnersChannel
from powerauth.phone.generations.values import (
    Envelope,
    OfflinePayload,
    SealedRequest,
    Signatures,
    Status,
    TemporaryKey,
    VaultWish,
)
from powerauth.phone.state import Token
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.keys import FactorKeys
from powerauth.protocol.mobile_sdk_config import MobileSdkConfig
from powerauth.protocol.signed_request import SignatureType
from powerauth.protocol.versions import SignatureFormat


class Codes(Protocol):
    """Signatures or authentication codes, and digests of tokens: protocol-4.md 24, 26."""

    KEY_SIZE: int
    """Bytes of a factor key."""
    TOKEN_SECRET_SIZE: int
    """Bytes of the secret of a token."""

    def compute(
        self,
        data: bytes,
        *,
        keys: FactorKeys,
        kind: SignatureType,
        ctr: bytes,
        fmt: SignatureFormat,
    ) -> str:
        """Compute a code; `data` is the normalized request with the application secret."""
        ...

    def token_digest(self, token: Token, *, nonce: bytes, timestamp: int, version: str) -> bytes:
        """Compute the digest of a token, 32 bytes."""
        ...


class TemporaryKeys(Protocol):
    """The exchange that gives temporary keys: protocol.md 6, protocol-4.md 22."""

    def fetch(self, phone: PhoneCore, scope: Scope) -> TemporaryKey:
        """Ask for a key, and check the answer.

        Raises:
            NotActivated: activation scope without an activation.
            PhoneFailure: the server refused.
            UntrustworthyAnswer: wrong signatures, or the answer belongs to another question.
        """
        ...


class Envelopes(Protocol):
    """End-to-end encryption: protocol.md 5, protocol-4.md 21."""

    def seal(
        self, phone: PhoneCore, plaintext: bytes, encryptor: Encryptor, key: TemporaryKey | None
    ) -> tuple[SealedRequest, Envelope]:
        """Encrypt a request.

        Args:
            key: None in versions that have no temporary keys.
        """
        ...


class Exchange(Protocol):
    """The phone's side of an exchange of keys, with the private keys that it made."""

    @property
    def members(self) -> dict[str, object]:
        """What the inner layer of an activation says of keys."""
        ...

    def accept(self, phone: PhoneCore, answer: Mapping[str, Any], pin: str) -> AnyEnrolment:
        """Compute what the phone keeps.

        Args:
            answer: the inner layer of the answer.
            pin: locks the knowledge key.

        Raises:
            UntrustworthyAnswer: other keys than were agreed, or a malformed member.
        """
        ...


class KeyExchange(Protocol):
    """Activation: protocol.md 4, protocol-4.md 23."""

    def begin(self, phone: PhoneCore) -> Exchange:
        """Make the keys of a new activation."""
        ...

    def is_signed(self, config: MobileSdkConfig, code: str, signature: str) -> bool:
        """Tell whether the signature of a QR code is one of the application."""
        ...

    def fingerprint(self, phone: PhoneCore) -> str:
        """Give the eight digits that the user compares with the server's."""
        ...


class Statuses(Protocol):
    """How an activation stands: protocol.md 9, protocol-4.md 27."""

    def fetch(self, phone: Channel) -> Status:
        """Ask for the status of the activation.

        Raises:
            PhoneFailure: the server refused.
            UntrustworthyAnswer: the answer fails a check.
        """
        ...


class Vault(Protocol):
    """The vault, and the device's keys that it protects: protocol.md 10, protocol-4.md 28."""

    def question(self, wish: VaultWish) -> dict[str, object]:
        """Give the members that ask for a key.

        Raises:
            ProtocolError: there is no such key.
        """
        ...

    def key(self, phone: PhoneCore, answer: Mapping[str, Any]) -> bytes:
        """Read the key of an answer.

        Raises:
            UntrustworthyAnswer: it is none.
        """
        ...

    def sign(self, phone: PhoneCore, vault_key: bytes, data: bytes) -> Signatures:
        """Sign data by all keys of the device.

        Raises:
            UntrustworthyAnswer: the vault key does not open them.
        """
        ...

    def verify(self, phone: PhoneCore, data: bytes, signatures: Signatures) -> bool:
        """Tell whether there is a right signature by each key of the device, and no other."""
        ...


class Factors(Protocol):
    """PIN and biometry: protocol-4.md 25. In protocol 3 they are a matter of the phone alone."""

    def change_pin(self, phone: OwnersChannel, old: str, new: str) -> None:
        """Put another PIN in the place of one.

        It can be repeated after a failure at any step, with the same PINs.

        Raises:
            PhoneFailure: the server refused.
            UntrustworthyAnswer: the answer fails a check.
        """
        ...

    def add_biometry(self, phone: OwnersChannel, pin: str) -> None:
        """Give the phone a biometry key, or another one; repeatable as `change_pin`."""
        ...

    def remove_biometry(self, phone: Channel) -> None:
        """Take the biometry key from phone and server.

        Raises:
            PhoneFailure: the server refused.
        """
        ...


class Offline(Protocol):
    """Texts of QR codes: protocol.md 11, protocol-4.md 31."""

    def scan(self, phone: PhoneCore, text: str) -> OfflinePayload | None:
        """Read a text; None if the bank did not write it for this phone.

        Raises:
            ProtocolError: no text of an operation.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """A generation of the protocol.

    Args:
        number: major version.
        base_path: what the paths of the protocol begin with.
        validation: which of them checks a code over anything.
    """

    number: int
    base_path: str
    validation: str
    codes: Codes
    temporary_keys: TemporaryKeys
    envelopes: Envelopes
    key_exchange: KeyExchange
    statuses: Statuses
    vault: Vault
    factors: Factors
    offline: Offline
