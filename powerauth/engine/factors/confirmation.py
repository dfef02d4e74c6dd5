"""The confirmation by the phone, once its user has chosen a PIN. Source: protocol-4.md 23.3.

It is independent of the commit by the bank; either may come first.
"""

from datetime import datetime

from powerauth.engine.activations import activations, phone_changes
from powerauth.engine.activations.phone_changes import PhoneChange
from powerauth.engine.factors import locked
from powerauth.engine.transactions import commits_refusals
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, ActivationState

STATES = frozenset({ActivationState.ACTIVE, ActivationState.PENDING_COMMIT})
"""In which a phone confirms; its code has to be compared in all of them."""


@commits_refusals
def confirm(activation_id: str | None, *, enable_biometry: bool, at: datetime) -> Activation:
    """Take over whether the user wants biometry; only once.

    Raises:
        EngineRefusal: INVALID_REQUEST for no identifier, ACTIVATION_NOT_FOUND, ACTIVATION_STATE
            for an activation that is confirmed, whose time is over, or in any other state.
    """
    activation = activations.lock(activation_id)
    activations.remove_expired(activation, at=at)
    if activation.state not in STATES or not activation.confirmation_pending:
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE)
    columns = locked.of(activation).confirmed(enable_biometry=enable_biometry)
    phone_changes.write(activation, PhoneChange.CONFIRMED, at=at, **columns)
    return activation
