"""Status, fingerprint, and signatures by the key pairs.

Source: protocol.md 3.3, 9, 10.4, protocol-4.md 27.3.
"""

from powerauth.engine import policy
from powerauth.engine.generations.three import stored_keys
from powerauth.engine.upgrades import offer
from powerauth.models import Activation
from powerauth.protocol import keys as p256
from powerauth.protocol.v3.status_blob import StatusFields, seal_status
from powerauth.protocol.v4.primitives.signing import ECDSA_P256, SigningAlgorithm
from powerauth.values import StatusAnswer


def status(activation: Activation, challenge: bytes | None) -> StatusAnswer:
    """See `Identity`."""
    fields = StatusFields(
        state=activation.state,
        failed_attempts=activation.failed_attempts,
        max_failed_attempts=activation.max_failed_attempts,
        look_ahead=policy.look_ahead(),
        counter=activation.counter,
        upgrade_version=offer.version_for(activation, stored_keys.NUMBER),
    )
    blob, nonce = seal_status(
        fields,
        transport_key=stored_keys.derived(activation).transport,
        ctr_data=bytes(activation.ctr_data),
        challenge=challenge,
    )
    return StatusAnswer(blob=blob, nonce=nonce)


def fingerprint(activation: Activation) -> str | None:
    """See `Identity`."""
    if not activation.device_public_key:
        return None
    return p256.activation_fingerprint(
        bytes(activation.device_public_key),
        str(activation.id),
        bytes(activation.server_public_key),
    )


def device_keys(activation: Activation) -> list[tuple[SigningAlgorithm, bytes]]:
    """See `Identity`."""
    key = bytes(activation.device_public_key)
    return [(ECDSA_P256, key)] if key else []


def server_keys(activation: Activation) -> list[tuple[SigningAlgorithm, bytes]]:
    """See `Identity`."""
    return [(ECDSA_P256, stored_keys.server_private(activation))]
