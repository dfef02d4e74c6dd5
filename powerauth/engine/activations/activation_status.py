"""The status of an activation, for its phone and for a back end: protocol.md 9."""

from datetime import datetime

from django.db import transaction

from powerauth.engine import policy
from powerauth.engine.activations import activations
from powerauth.engine.encryption import encryption
from powerauth.engine.encryption.cryptography import cryptography_of
from powerauth.models import Activation
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.v3.status_blob import StatusFields, random_status
from powerauth.rules import given, invalid
from powerauth.values import StatusAnswer


def current(activation_id: str | None, *, at: datetime) -> Activation | None:
    """Find an activation, removing it first if its time is over; None if there is none.

    Raises:
        EngineRefusal: INVALID_REQUEST for no identifier.
    """
    activation = activations.find(given("activationId", activation_id))
    if activation is None or not activations.is_expired(activation, at=at):
        return activation
    with transaction.atomic():
        locked = activations.lock(activation.id)
        activations.remove_expired(locked, at=at)
    return locked


def answer(activation: Activation | None, challenge: bytes | None) -> StatusAnswer:
    """Encrypt the status of an activation.

    An activation without a device key, or none at all, is answered with random bytes of the same
    length, so that only the phone of an existing activation can tell.

    Raises:
        EngineRefusal: INVALID_REQUEST for a challenge that is not 16 bytes.
    """
    try:
        if activation is None or not activation.derived_keys:
            blob, nonce = random_status(challenge)
        else:
            blob, nonce = _sealed(activation, challenge)
    except ProtocolError as error:
        raise invalid("challenge", "must be 16 bytes") from error
    return StatusAnswer(blob=blob, nonce=nonce)


def _sealed(activation: Activation, challenge: bytes | None) -> tuple[bytes, bytes | None]:
    fields = StatusFields(
        state=activation.state,
        failed_attempts=activation.failed_attempts,
        max_failed_attempts=activation.max_failed_attempts,
        look_ahead=policy.look_ahead(),
        counter=activation.counter,
    )
    return cryptography_of(activation.protocol_generation).seal_status(
        fields,
        derived_keys=encryption.unseal_derived_keys(activation),
        ctr_data=bytes(activation.ctr_data),
        challenge=challenge,
    )


def fingerprint(activation: Activation) -> str | None:
    """Give the eight digits that user and bank compare; None before the key exchange."""
    if not activation.device_public_key:
        return None
    return cryptography_of(activation.protocol_generation).fingerprint(
        bytes(activation.device_public_key),
        str(activation.id),
        bytes(activation.server_public_key),
    )
