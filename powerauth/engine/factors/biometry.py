"""Biometry on and off. Source: protocol-4.md 25.2."""

from datetime import datetime

from powerauth.engine.activations import phone_changes
from powerauth.engine.activations.phone_changes import PhoneChange
from powerauth.engine.encryption import encryption
from powerauth.engine.factors import agreement, locked
from powerauth.engine.transactions import commits_refusals
from powerauth.models import Activation
from powerauth.values import EncryptedCall, SealedResponse


@commits_refusals
def add(call: EncryptedCall, *, at: datetime) -> SealedResponse:
    """Agree on a key of biometry with the activation of an encrypted request.

    Raises:
        EngineRefusal: as `password.change`.
    """
    opened = encryption.open_call(call, at=at)
    activation, factors = locked.active(call.activation_id)
    columns, answer = agreement.reached(factors.new_biometry, activation, opened.plaintext)
    phone_changes.write(activation, PhoneChange.BIOMETRY_ADDED, at=at, **columns)
    return encryption.seal(opened, answer, at=at)


@commits_refusals
def remove(activation_id: str | None, *, at: datetime) -> Activation:
    """Forget the keys of biometry; where there are none, nothing happens.

    Raises:
        EngineRefusal: INVALID_REQUEST for no identifier, ACTIVATION_NOT_FOUND, ACTIVATION_STATE.
    """
    activation, factors = locked.active(activation_id)
    columns = factors.without_biometry()
    phone_changes.write(activation, PhoneChange.BIOMETRY_REMOVED, at=at, **columns)
    return activation
