"""What back ends are told of a change of an activation: integration-api.md 11.2."""

from datetime import datetime
from typing import Any

from powerauth.engine.callbacks import callback_outbox
from powerauth.models import Activation, ActivationState, CallbackType

_PROTOCOL = "POWERAUTH"  # upper case here, unlike in the integration API


def write(activation: Activation, *, at: datetime) -> None:
    """Write the events of a change of an activation, in the transaction of that change."""
    callback_outbox.write(
        CallbackType.ACTIVATION_STATUS_CHANGE,
        [activation.application_id],
        payload(activation),
        at=at,
    )


def payload(activation: Activation) -> dict[str, Any]:
    """Describe an activation as it is now, by the names on the wire."""
    blocked = activation.state == ActivationState.BLOCKED
    return {
        "type": "ACTIVATION",
        "activationId": str(activation.pk),
        "userId": activation.user_id or None,
        "activationName": activation.name or None,
        "deviceInfo": activation.device_info or None,
        "platform": activation.platform or None,
        "protocol": _PROTOCOL,
        "activationFlags": sorted(activation.flags),
        "activationStatus": ActivationState(activation.state).name,
        "blockedReason": (activation.blocked_reason or None) if blocked else None,
        "applicationId": activation.application_id,
    }
