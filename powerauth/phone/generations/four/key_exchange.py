"""Activation of version 4.0: one agreement on a secret, and keys that only sign.

Source: protocol-4.md 18, 23.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from powerauth.phone.core import PhoneCore
from powerauth.phone.enrolments import Enrolment4
from powerauth.phone.errors import UntrustworthyAnswer, distrusting
from powerauth.phone.generations.four.device_keys import lock_device_keys
from powerauth.phone.pin import lock_at_random
from powerauth.protocol.mobile_sdk_config import MobileSdkConfig
from powerauth.protocol.v4 import activation
from powerauth.protocol.v4.activation import DeviceExchange
from powerauth.protocol.v4.activation_messages import KeyExchangeResponse
from powerauth.protocol.v4.application_keys import master_keys_of, verify_qr_signature
from powerauth.protocol.v4.keys import ActivationKeys


@dataclass(frozen=True, slots=True)
class Exchange:
    """The phone's side of an exchange."""

    device: DeviceExchange

    @property
    def members(self) -> dict[str, object]:
        """What the inner layer, and the start of an upgrade, say of keys.

        Source: protocol-4.md 23.1, 30.1.
        """
        return self.device.request.to_json()

    def accept(self, phone: PhoneCore, answer: Mapping[str, Any], pin: str) -> Enrolment4:
        """Compute what the phone keeps of an activation. Source: protocol-4.md 23.2."""
        with distrusting("activation"):
            response = KeyExchangeResponse.parse(answer)
        if response.activation_id is None:
            raise UntrustworthyAnswer("activationId is absent")
        return self.enrol(phone, response, response.activation_id, pin)

    def enrol(
        self, phone: PhoneCore, response: KeyExchangeResponse, activation_id: str, pin: str
    ) -> Enrolment4:
        """Compute what the phone keeps; the secret itself is forgotten.

        Raises:
            UntrustworthyAnswer: other keys than the suite has, or a malformed one.
        """
        with distrusting("activation"):
            secret, server_keys = self.device.accept(response)
        keys, device_keys = ActivationKeys(secret), self.device.request.device_keys
        knowledge = phone.pin_keys.lock(pin, keys.knowledge)
        biometry = lock_at_random(keys.biometry)
        return Enrolment4(
            activation_id=activation_id,
            suite_name=self.device.offer.suite.name,
            server_ecdsa=server_keys.ecdsa,
            server_mldsa=server_keys.mldsa or b"",
            device_ecdsa=device_keys.ecdsa,
            device_mldsa=device_keys.mldsa or b"",
            device_keys_locked=lock_device_keys(
                self.device.device_pairs, keys.device_private, activation_id
            ),
            possession_key=keys.possession,
            utility_key=keys.utility,
            knowledge_locked=knowledge.locked,
            pin_salt=knowledge.by,
            biometry_locked=biometry.locked,
            biometry_lock=biometry.by,
            ctr_data=response.ctr_data,
            unconfirmed=True,
        )


def begin(phone: PhoneCore) -> Exchange:
    """Make the keys of a new activation in the suite of the phone."""
    return Exchange(DeviceExchange.generate(phone.suite))


def is_signed(config: MobileSdkConfig, code: str, signature: str) -> bool:
    """Tell whether a master key on either curve signed an activation code.

    Source: protocol-4.md 20.2, 39.1.
    """
    return verify_qr_signature(master_keys_of(config), code, signature)


def fingerprint(phone: PhoneCore) -> str:
    """Give the eight digits that the user compares. Source: protocol-4.md 20.3."""
    own = phone.enrolment_4
    return activation.fingerprint(
        own.suite,
        device_keys=own.device_keys,
        activation_id=own.activation_id,
        server_keys=own.server_keys,
    )
