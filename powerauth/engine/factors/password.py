"""A new PIN, whose key waits until a code proves it. Source: protocol-4.md 25.1.

If the answer is lost, the phone goes on with the former one, and its next code drops what waits.
"""

from datetime import datetime

from powerauth.engine.activations import phone_changes
from powerauth.engine.activations.phone_changes import PhoneChange
from powerauth.engine.encryption import encryption
from powerauth.engine.factors import agreement, locked
from powerauth.engine.transactions import commits_refusals
from powerauth.values import EncryptedCall, SealedResponse


@commits_refusals
def change(call: EncryptedCall, *, at: datetime) -> SealedResponse:
    """Agree on another key of knowledge with the activation of an encrypted request.

    Raises:
        EngineRefusal: as `encryption.open_call`; INPUT_FORMAT for anything but JSON,
            INVALID_REQUEST for another suite than the activation's or a malformed key.
    """
    opened = encryption.open_call(call, at=at)
    activation, factors = locked.active(call.activation_id)
    columns, answer = agreement.reached(factors.new_knowledge, activation, opened.plaintext)
    phone_changes.write(activation, PhoneChange.PASSWORD, at=at, **columns)
    return encryption.seal(opened, answer, at=at)
