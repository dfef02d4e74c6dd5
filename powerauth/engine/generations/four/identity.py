"""Status, fingerprint, and signatures by the key pairs. Source: protocol-4.md 20.3, 27, 29."""

from powerauth.engine import policy
from powerauth.engine.generations.four import allowed_suites, stored_keys
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, KeySide
from powerauth.protocol.errors import UnsupportedSuite
from powerauth.protocol.v4 import activation as exchange
from powerauth.protocol.v4.primitives.signing import SigningAlgorithm
from powerauth.protocol.v4.status_blob import StatusFields, build_status
from powerauth.values import StatusAnswer


def status(activation: Activation, challenge: bytes | None) -> StatusAnswer:
    """See `Identity`; it travels encrypted, so there is no challenge and no nonce."""
    allowed = allowed_suites.of(activation.application_id)
    fields = StatusFields(
        state=activation.state,
        counter=activation.counter,
        failed_attempts=activation.failed_attempts,
        max_failed_attempts=activation.max_failed_attempts,
        look_ahead=policy.look_ahead(),
        confirmation_pending=activation.confirmation_pending,
        upgrade_pending=bool(activation.pending_suite),
        suite_not_allowed=activation.algorithm not in {suite.name for suite in allowed},
        biometry_enabled=activation.biometry_enabled,
    )
    blob = build_status(
        fields, keys=stored_keys.derived(activation), ctr_data=bytes(activation.ctr_data_4)
    )
    return StatusAnswer(blob=blob, nonce=None)


def fingerprint(activation: Activation) -> str | None:
    """See `Identity`."""
    if not activation.activation_secret:
        return None
    return exchange.fingerprint(
        stored_keys.suite(activation),
        device_keys=stored_keys.public_keys(activation, KeySide.DEVICE),
        activation_id=str(activation.id),
        server_keys=stored_keys.public_keys(activation, KeySide.SERVER),
    )


def device_keys(activation: Activation) -> list[tuple[SigningAlgorithm, bytes]]:
    """See `Identity`."""
    return stored_keys.verifiers(activation)


def server_keys(activation: Activation) -> list[tuple[SigningAlgorithm, bytes]]:
    """See `Identity`."""
    try:
        return stored_keys.signers(activation)
    except UnsupportedSuite as error:
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE) from error
