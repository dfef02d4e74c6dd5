"""The key exchange: key pairs that only sign, and one secret. Source: protocol-4.md 23.1, 23.2."""

from typing import Any

from powerauth.engine.activations import device_offer
from powerauth.engine.generations.four import allowed_suites, stored_keys
from powerauth.engine.generations.values import Exchanged
from powerauth.models import Activation, ActivationKey, KeySide
from powerauth.protocol.v4.activation import ServerExchange
from powerauth.protocol.v4.activation_messages import KeyExchangeRequest
from powerauth.protocol.v4.keys import ActivationKeys
from powerauth.rules import invalid

_KEYS = ("sharedSecretRequest", "devicePublicKeys")


class Offer:
    """See `base.Offer`; keys that are not even Base64 are refused at the exchange."""

    def __init__(self, plaintext: bytes) -> None:
        self._payload = device_offer.members(plaintext)
        for name in _KEYS:
            if self._payload.get(name) is None:
                raise invalid("encryptedData", f"must hold a {name}")
        self.facts = device_offer.facts(self._payload)

    def exchange(self, activation: Activation) -> Exchanged:
        """See `base.Offer`.

        Raises:
            EngineRefusal: INVALID_REQUEST for a suite that the application does not allow, which
                costs the activation nothing.
        """
        request = KeyExchangeRequest.parse(self._payload)
        done = agree(request, activation.application_id)
        columns = {
            **columns_of_keys(activation, done),
            "protocol_generation": stored_keys.NUMBER,
            "algorithm": done.suite.name,
            "version": stored_keys.NUMBER,
            "counter": 0,
            "confirmation_pending": True,
            # Former versions made a pair of generation 3 together with the activation.
            "server_public_key": b"",
            "server_private_key": b"",
        }
        return Exchanged(
            columns=columns,
            key_pairs=key_pairs(activation, done),
            answer=done.response(activation_id=None).to_json(),
        )


def read(plaintext: bytes) -> Offer:
    """See `KeyExchange`."""
    return Offer(plaintext)


def agree(request: KeyExchangeRequest, application_id: str) -> ServerExchange:
    """Make the server's keys, and agree on the secret, in a suite that an application allows.

    Raises:
        ProtocolError: a malformed key.
        EngineRefusal: ALGORITHM_NOT_SUPPORTED for a suite that it does not allow; nothing was made.
    """
    suite = allowed_suites.chosen(request.shared_secret.algorithm, application_id)
    return ServerExchange.answer(request, (suite,))


def columns_of_keys(activation: Activation, done: ServerExchange) -> dict[str, Any]:
    """Give the columns that hold what an exchange agreed on; biometry is off.

    Args:
        activation: as far as it is known whose it is.
    """
    keys = ActivationKeys(done.activation_secret)
    secrets = stored_keys.sealed(
        activation,
        activation_secret=keys.secret,
        knowledge_key=keys.knowledge,
        next_knowledge_key=b"",
        biometry_key=keys.biometry,
        next_biometry_key=b"",
    )
    return {**secrets, "ctr_data_4": done.ctr_data, "biometry_enabled": False}


def key_pairs(activation: Activation, done: ServerExchange) -> list[ActivationKey]:
    """Give the rows of the key pairs of both sides."""
    server = zip(done.suite.signing, done.server_pairs, strict=True)
    device = done.device_keys.by_algorithm(done.suite)
    return [
        *stored_keys.key_rows(
            activation,
            KeySide.SERVER,
            {each.name: (pair.public_key, pair.private_key) for each, pair in server},
        ),
        *stored_keys.key_rows(
            activation, KeySide.DEVICE, {each.name: (key, b"") for each, key in device}
        ),
    ]
