"""Registration of devices in our own database: push-and-inbox.md 3 and 10.

There is at most one device an activation. Whoever changes a device because of its activation
holds the lock of the activation's row, so that a device never outlives a removal.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from enrollment_server.api.mobile import InvalidActivation
from powerauth.engine import activations
from powerauth.engine.activations import StateChange
from powerauth.engine.identifiers import parse_id
from powerauth.errors import EngineRefusal
from powerauth.models import Activation, ActivationState
from push.models import PushDevice
from push.values import Registration


def register(registration: Registration, *, at: datetime) -> None:
    """Register a device, or bring its registration up to date.

    Raises:
        InvalidActivation: the activation is unknown, not ACTIVE, without a user, or of another
            application.
        IntegrityError: somebody keeps adding the same device.

    Source: push-and-inbox.md 3.2 and 3.3.
    """
    try:
        _register(registration, at=at)
    except IntegrityError:
        # Somebody added the device without a lock since we looked: now it is there to be updated.
        _register(registration, at=at)


def follow(change: StateChange) -> None:
    """Let the device of an activation follow its state. Source: push-and-inbox.md 3.5."""
    devices = PushDevice.objects.filter(activation_id=change.activation_id)
    match change.after:
        case ActivationState.ACTIVE if change.before == ActivationState.BLOCKED:
            devices.update(is_active=True)
        case ActivationState.BLOCKED:
            devices.update(is_active=False)
        case ActivationState.REMOVED if settings.PUSH_DELETE_ON_REMOVAL:
            devices.delete()
        case ActivationState.REMOVED:
            devices.update(is_active=False)


@transaction.atomic
def _register(registration: Registration, *, at: datetime) -> None:
    activation = _usable(registration)
    activation_id = str(activation.pk)
    values: dict[str, Any] = {
        "user_id": activation.user_id,
        "application_id": activation.application_id,
        "platform": registration.platform,
        "push_token": registration.token,
        "environment": registration.environment,
        "is_active": True,
        "last_registered_at": at,
    }
    if PushDevice.objects.filter(activation_id=activation_id).update(**values):
        return
    left_behind = _left_behind(registration)
    if not left_behind:
        PushDevice.objects.create(activation_id=activation_id, **values)
        return
    newest, *older = left_behind
    PushDevice.objects.filter(pk=newest).update(activation_id=activation_id, **values)
    if older:
        PushDevice.objects.filter(pk__in=older).delete()


def _usable(registration: Registration) -> Activation:
    """Lock the activation; since the request authenticated, it may have changed."""
    try:
        activation = activations.lock(registration.activation_id)
    except EngineRefusal as refusal:
        raise InvalidActivation from refusal
    if (
        activation.state != ActivationState.ACTIVE
        or activation.application_id != registration.application_id
        or not activation.user_id
    ):
        raise InvalidActivation
    return activation


def _left_behind(registration: Registration) -> list[int]:
    """Lock the devices with this token whose activation is no longer ACTIVE, the newest first.

    Devices of other ACTIVE activations stay: several users may share a phone.
    """
    rows = list(
        PushDevice.objects.of_token(registration.application_id, registration.token)
        .select_for_update()
        .order_by("pk")  # two registrations that want the same rows must not wait for each other
        .values_list("pk", "activation_id", "last_registered_at")
    )
    if not rows:
        return []
    active = set(
        Activation.objects.filter(
            id__in=[parse_id(activation_id) for _, activation_id, _ in rows],
            state=ActivationState.ACTIVE,
        ).values_list("id", flat=True)
    )
    stale = [
        (last, pk) for pk, activation_id, last in rows if parse_id(activation_id) not in active
    ]
    return [pk for _, pk in sorted(stale, reverse=True)]
