"""The key exchange: one pair of P-256 on each side. Source: protocol.md 4.3, 4.4."""

import secrets
from typing import Any

from powerauth.engine.activations import device_offer
from powerauth.engine.applications import supported_algorithms
from powerauth.engine.generations.three import stored_keys
from powerauth.engine.generations.values import Exchanged
from powerauth.engine.storage import record_places, records
from powerauth.models import Activation
from powerauth.protocol import keys as p256
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.keys import KeyPair, key_pair_of
from powerauth.rules import invalid

CTR_DATA_SIZE = 16  # bytes
_KEY_TEXT = 255  # characters


class Offer:
    """See `base.Offer`; a device key that is not even Base64 is refused at the exchange."""

    def __init__(self, plaintext: bytes) -> None:
        payload = device_offer.members(plaintext)
        text = device_offer.text(payload, "devicePublicKey", _KEY_TEXT)
        if not text:
            raise invalid("encryptedData", "must hold a devicePublicKey")
        self._device_key = text
        self.facts = device_offer.facts(payload)

    def exchange(self, activation: Activation) -> Exchanged:
        """See `base.Offer`.

        Raises:
            EngineRefusal: ALGORITHM_NOT_SUPPORTED where the application lets no activation of
                version 3 begin, which costs this one nothing.
        """
        supported_algorithms.check_version_3(activation.application_id)
        device_key = p256.normalize_public_key(b64d(self._device_key))
        pair = _server_pair(activation)
        ctr_data = secrets.token_bytes(CTR_DATA_SIZE)
        columns = {
            **columns_of_keys(activation, pair, device_key),
            "counter": 0,
            "ctr_data": ctr_data,
            "version": stored_keys.NUMBER,
        }
        answer: dict[str, object] = {
            "serverPublicKey": b64(pair.public_key),
            "ctrData": b64(ctr_data),
        }
        return Exchanged(columns=columns, answer=answer)


def read(plaintext: bytes) -> Offer:
    """See `KeyExchange`."""
    return Offer(plaintext)


def columns_of_keys(
    activation: Activation, pair: KeyPair, device_key: bytes | None
) -> dict[str, Any]:
    """Give the columns that hold the keys of an activation.

    Args:
        activation: as far as it is known whose it is.
        device_key: 65 bytes; None before the key exchange.
    """
    owners = (activation.id, activation.application_id, activation.user_id)
    columns = {
        "protocol_generation": stored_keys.NUMBER,
        "algorithm": stored_keys.SUITE,
        "server_public_key": pair.public_key,
        "server_private_key": records.seal(pair.private_key, record_places.server_key(*owners)),
    }
    if device_key is None:
        return columns
    derived = derive(pair.private_key, device_key)
    sealed = records.seal(derived, record_places.derived_keys(*owners))
    return {**columns, "device_public_key": device_key, "derived_keys": sealed}


def derive(server_private_key: bytes, device_public_key: bytes) -> bytes:
    """Give the factor, transport and vault keys that both sides have, 80 bytes.

    Raises:
        ProtocolError: one of the keys is no valid key.
    """
    secret = p256.master_secret(server_private_key, device_public_key)
    return p256.derive_activation_keys(secret).to_bytes()


def _server_pair(activation: Activation) -> KeyPair:
    # Former versions made the pair together with the activation.
    if activation.server_private_key:
        return key_pair_of(stored_keys.server_private(activation))
    return p256.generate_key_pair()
