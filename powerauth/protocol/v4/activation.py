"""The key exchange of an activation and of an upgrade, and the fingerprint of its keys.

Both sides generate keys that only sign; the secret comes from the key agreement and from nothing
else. The suite is known by the request, so the server has no keys before it.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Self

from powerauth.protocol.curves import P384, KeyPair
from powerauth.protocol.primitives import RandomBytes, decimal_truncation
from powerauth.protocol.v4.activation_messages import (
    KeyExchangeRequest,
    KeyExchangeResponse,
    PublicKeys,
)
from powerauth.protocol.v4.authentication_code import COUNTER_SIZE
from powerauth.protocol.v4.key_agreement.shared_secret import (
    Offer,
    SharedSecretResponse,
    encapsulate,
)
from powerauth.protocol.v4.primitives.kmac import sha3
from powerauth.protocol.v4.suites import Suite, suite_of

_FINGERPRINT_DIGITS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceExchange:
    """The phone's side of an exchange: the keys that it offers, and those that it keeps."""

    offer: Offer
    device_pairs: tuple[KeyPair, ...]
    """In the order of the suite; they stay with the phone."""

    @classmethod
    def generate(cls, suite: Suite, random: RandomBytes = secrets.token_bytes) -> Self:
        """Generate all keys of a suite."""
        pairs = tuple(algorithm.generate_key_pair(random) for algorithm in suite.signing)
        return cls(offer=Offer.generate(suite, random), device_pairs=pairs)

    @property
    def request(self) -> KeyExchangeRequest:
        """What the server gets."""
        return KeyExchangeRequest(
            shared_secret=self.offer.request, device_keys=PublicKeys.of(self.device_pairs)
        )

    def accept(self, response: KeyExchangeResponse) -> tuple[bytes, PublicKeys]:
        """Compute what the phone stores.

        Returns: the secret of the activation (32 bytes), and the server's keys.

        Raises:
            ProtocolError: other parts than the suite has, or a malformed one.
        """
        server_keys = response.server_keys.checked(self.offer.suite)
        return self.offer.accept(response.shared_secret), server_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerExchange:
    """The server's side of an exchange: what it stores, and what it answers."""

    suite: Suite
    activation_secret: bytes = field(repr=False)
    """32 bytes."""
    server_pairs: tuple[KeyPair, ...]
    """In the order of the suite."""
    device_keys: PublicKeys
    ctr_data: bytes = field(repr=False)
    """32 bytes; the numeric counter is 0."""
    shared_secret: SharedSecretResponse

    @classmethod
    def answer(
        cls,
        request: KeyExchangeRequest,
        allowed: Collection[Suite] | None = None,
        random: RandomBytes = secrets.token_bytes,
    ) -> Self:
        """Generate the server's keys and agree on the secret.

        Args:
            request: what the phone offers.
            allowed: suites of the application, see `suite_of`.
            random: source of all keys but those of ML-KEM.

        Raises:
            ProtocolError: another suite, other parts than it has, or a malformed key.

        Source: protocol-4.md 23.2, steps 6 to 9; checked by activation-*-v4.
        """
        suite = suite_of(request.shared_secret.algorithm, allowed)
        device_keys = request.device_keys.checked(suite)
        shared_secret, activation_secret = encapsulate(request.shared_secret, (suite,), random)
        return cls(
            suite=suite,
            activation_secret=activation_secret,
            server_pairs=tuple(alg.generate_key_pair(random) for alg in suite.signing),
            device_keys=device_keys,
            ctr_data=random(COUNTER_SIZE),
            shared_secret=shared_secret,
        )

    def response(self, activation_id: str | None) -> KeyExchangeResponse:
        """Give what the phone gets.

        Args:
            activation_id: None in the answer of an upgrade.
        """
        return KeyExchangeResponse(
            shared_secret=self.shared_secret,
            server_keys=PublicKeys.of(self.server_pairs),
            ctr_data=self.ctr_data,
            activation_id=activation_id,
        )


def fingerprint(
    suite: Suite, *, device_keys: PublicKeys, activation_id: str, server_keys: PublicKeys
) -> str:
    """Compute the 8 digits that a user compares on both sides.

    Raises:
        MalformedKey: an ECDSA key is no point of P-384.

    Source: protocol-4.md 20.3; checked by fingerprint-v4.
    """
    device, server = _identified(device_keys), _identified(server_keys)
    digest = sha3(suite.name.encode() + device + activation_id.encode() + server)
    return decimal_truncation(digest, _FINGERPRINT_DIGITS)


def _identified(keys: PublicKeys) -> bytes:
    return P384.short_x(keys.ecdsa) + (keys.mldsa or b"")
