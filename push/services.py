"""Registration of devices in our own database: push-and-inbox.md 3 and 10.

There is at most one device an activation. Whoever changes a device because of its activation
holds the lock of the activation's row, so that a device never outlives a removal.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from enrollment_server.api.mobile import InvalidActivation
from powerauth.engine.activations.activations import StateChange
from powerauth.engine.identifiers import parse_id
from powerauth.models import ActivationState
from push import owners
from push.errors import NotRegistrable, Obstacle
from push.models import PushDevice
from push.owners import Owner
from push.values import Device, Registration


def register(registration: Registration, *, at: datetime) -> None:
    """Register a device, or bring its registration up to date.

    Raises:
        InvalidActivation: the activation is unknown, not ACTIVE, without a user, or of another
            application.
        IntegrityError: somebody keeps adding the same device.

    Source: push-and-inbox.md 3.2 and 3.3.
    """
    _twice(partial(_register, registration, at=at))


def register_for_back_end(
    application_id: str, activation_ids: Collection[str], device: Device, *, at: datetime
) -> None:
    """Register a device for one activation or several, all or none.

    Nobody has proved here that the activations are ACTIVE: a device of another one is inactive.

    Raises:
        NotRegistrable: the application or an activation does not exist, or is over.
        IntegrityError: somebody keeps adding the same device.

    Source: push-and-inbox.md 3.2 and 3.3.
    """
    # Sorted, so that two calls about the same activations cannot wait for each other.
    names = sorted({str(parse_id(activation_id)) for activation_id in activation_ids})
    _twice(partial(_register_all, application_id, names, device, at=at))


def forget(application_id: str, token: str) -> None:
    """Delete the devices of an application that registered a token; there may be none."""
    # Locked in the order of a registration that takes over the same rows.
    locked = PushDevice.objects.of_token(application_id, token).select_for_update().order_by("pk")
    PushDevice.objects.filter(pk__in=locked.values("pk")).delete()


@transaction.atomic
def update_state(activation_id: str, claimed: ActivationState | None) -> None:
    """Set whether the devices of an activation get everything; there may be none.

    Args:
        claimed: the state, as the caller heard of it; None: whatever it is now. A claim can
            deactivate, but not activate against the state that the engine knows: news come late.

    Source: push-and-inbox.md 3.4.
    """
    active = claimed in (None, ActivationState.ACTIVE) and _is_active(activation_id)
    PushDevice.objects.filter(activation_id=str(parse_id(activation_id))).update(is_active=active)


def follow(change: StateChange) -> None:
    """Let the device of an activation follow its state. Source: push-and-inbox.md 3.5."""
    devices = PushDevice.objects.filter(activation_id=change.activation_id)
    match change.after:
        case ActivationState.ACTIVE:
            devices.update(is_active=True)
        case ActivationState.BLOCKED:
            devices.update(is_active=False)
        case ActivationState.REMOVED if settings.PUSH_DELETE_ON_REMOVAL:
            devices.delete()
        case ActivationState.REMOVED:
            devices.update(is_active=False)


def _twice(attempt: Callable[[], None]) -> None:
    try:
        attempt()
    except IntegrityError:
        # Somebody added the device without a lock since we looked: now it is there to be updated.
        attempt()


@transaction.atomic
def _register(registration: Registration, *, at: datetime) -> None:
    _put(registration, _usable(registration, at=at), at=at)


@transaction.atomic
def _register_all(
    application_id: str, activation_ids: Collection[str], device: Device, *, at: datetime
) -> None:
    found = [_registrable(application_id, each, at=at) for each in activation_ids]
    if len(found) > 1:
        _lock_related(application_id, device.token, activation_ids)
    for owner in found:
        _put(device, owner, at=at, beside=activation_ids)


def _lock_related(application_id: str, token: str, activation_ids: Collection[str]) -> None:
    """Lock at once what is going to change one by one; see `_left_behind` on the order."""
    rows = PushDevice.objects.related(application_id, token, activation_ids)
    list(rows.select_for_update().order_by("pk").values_list("pk"))


def _put(device: Device, owner: Owner, *, at: datetime, beside: Collection[str] = ()) -> None:
    """Store the device of an activation, which is locked if it is ours.

    Args:
        beside: activations whose devices are not taken over, being registered by the same call.
    """
    activation_id = owner.activation_id
    values: dict[str, Any] = {
        "user_id": owner.user_id,
        "application_id": owner.application_id,
        "platform": device.platform,
        "push_token": device.token,
        "environment": device.environment,
        "is_active": owner.active,
        "last_registered_at": at,
        **({"language": device.language} if device.language else {}),
    }
    if PushDevice.objects.filter(activation_id=activation_id).update(**values):
        return
    left_behind = _left_behind(owner.application_id, device.token, beside)
    if not left_behind:
        PushDevice.objects.create(activation_id=activation_id, **values)
        return
    newest, *older = left_behind
    whose: dict[str, Any] = {"activation_id": activation_id, "language": device.language}
    PushDevice.objects.filter(pk=newest).update(**{**values, **whose})
    if older:
        PushDevice.objects.filter(pk__in=older).delete()


def _usable(registration: Registration, *, at: datetime) -> Owner:
    """Give the activation; since the request authenticated, it may have changed."""
    owner = owners.find(registration.activation_id, at=at)
    if (
        owner is None
        or not owner.active
        or owner.application_id != registration.application_id
        or not owner.user_id
    ):
        raise InvalidActivation
    return owner


def _registrable(application_id: str, activation_id: str, *, at: datetime) -> Owner:
    """Give an activation that a back end names."""
    owner = owners.find(activation_id, at=at)
    if owner is None or owner.application_id != application_id or not owner.user_id:
        raise NotRegistrable(_unknown_in(application_id))
    if owner.over:
        raise NotRegistrable(Obstacle.REMOVED_ACTIVATION)
    return owner


def _unknown_in(application_id: str) -> Obstacle:
    known = owners.application_exists(application_id)
    return Obstacle.UNKNOWN_ACTIVATION if known else Obstacle.UNKNOWN_APPLICATION


def _is_active(activation_id: str) -> bool:
    owner = owners.find(activation_id, at=timezone.now())
    return owner is not None and owner.active


def _left_behind(application_id: str, token: str, beside: Collection[str]) -> list[int]:
    """Lock the devices with this token whose activation is no longer ACTIVE, the newest first.

    Devices of other ACTIVE activations stay: several users may share a phone.
    """
    rows = list(
        PushDevice.objects.of_token(application_id, token)
        .exclude(activation_id__in=beside)
        .select_for_update()
        .order_by("pk")  # two registrations that want the same rows must not wait for each other
        .values_list("pk", "activation_id", "last_registered_at")
    )
    if not rows:
        return []
    keeping = owners.keeping([activation_id for _, activation_id, _ in rows])
    stale = [(last, pk) for pk, activation_id, last in rows if activation_id not in keeping]
    return [pk for _, pk in sorted(stale, reverse=True)]
