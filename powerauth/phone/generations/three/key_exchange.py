"""Activation of version 3: the keys follow from one exchange on P-256. Source: protocol.md 4."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from powerauth.phone.core import PhoneCore
from powerauth.phone.enrolments import Enrolment3
from powerauth.phone.errors import UntrustworthyAnswer, distrusting
from powerauth.phone.pin import lock_at_random
from powerauth.phone.requests.answers import text_member
from powerauth.protocol.activation_code import verify_activation_code
from powerauth.protocol.encoding import b64, b64d, is_uuid
from powerauth.protocol.keys import (
    KeyPair,
    activation_fingerprint,
    derive_activation_keys,
    generate_key_pair,
    master_secret,
    normalize_public_key,
)
from powerauth.protocol.mobile_sdk_config import MobileSdkConfig
from powerauth.protocol.primitives import KEY_SIZE
from powerauth.protocol.v3.vault import encrypt_device_key


@dataclass(frozen=True, slots=True)
class Exchange:
    """The phone's side of an exchange."""

    pair: KeyPair

    @property
    def members(self) -> dict[str, object]:
        """What the inner layer says of keys. Source: protocol.md 4.3."""
        return {"devicePublicKey": b64(self.pair.public_key)}

    def accept(self, phone: PhoneCore, answer: Mapping[str, Any], pin: str) -> Enrolment3:
        """Compute what the phone keeps. Source: protocol.md 4.4."""
        activation_id = text_member(answer, "activationId")
        if not is_uuid(activation_id):
            raise UntrustworthyAnswer("activationId is not a UUID")
        with distrusting("activation"):
            server_public_key = normalize_public_key(b64d(text_member(answer, "serverPublicKey")))
            ctr_data = b64d(text_member(answer, "ctrData"), size=KEY_SIZE)
        keys = derive_activation_keys(master_secret(self.pair.private_key, server_public_key))
        knowledge = phone.pin_keys.lock(pin, keys.knowledge)
        biometry = lock_at_random(keys.biometry)
        return Enrolment3(
            activation_id=activation_id,
            server_public_key=server_public_key,
            device_public_key=self.pair.public_key,
            possession_key=keys.possession,
            transport_key=keys.transport,
            knowledge_locked=knowledge.locked,
            pin_salt=knowledge.by,
            biometry_locked=biometry.locked,
            biometry_lock=biometry.by,
            device_key_locked=encrypt_device_key(keys.vault, self.pair.private_key),
            ctr_data=ctr_data,
        )


def begin(_phone: PhoneCore) -> Exchange:
    """Make the keys of a new activation."""
    return Exchange(generate_key_pair())


def is_signed(config: MobileSdkConfig, code: str, signature: str) -> bool:
    """Tell whether the master key signed an activation code. Source: protocol.md 3.2."""
    return verify_activation_code(config.master_public_key, code, signature)


def fingerprint(phone: PhoneCore) -> str:
    """Give the eight digits that the user compares. Source: protocol.md 3.3."""
    own = phone.enrolment_3
    return activation_fingerprint(own.device_public_key, own.activation_id, own.server_public_key)
