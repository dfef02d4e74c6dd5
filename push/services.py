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
from enrollment_server.push_server.server import is_remote
from powerauth.engine.activations.activations import StateChange
from powerauth.engine.identifiers import parse_id
from powerauth.models import ActivationState
from push import owners
from push.errors import NotRegistrable, Obstacle
from push.models import PushDevice
from push.owners import Owner, Owners
from push.values import Device, Registration

# What is claimed of an activation, which has to be true if its devices are to get everything.
_ACTIVATING = (None, ActivationState.ACTIVE)


def register(registration: Registration, *, at: datetime) -> None:
    """Register a device, or bring its registration up to date.

    Raises:
        InvalidActivation: the activation is unknown, not ACTIVE, without a user, or of another
            application.
        IntegrityError: somebody keeps adding the same device.

        RemoteFailure: the server that has the activation does not answer.

    Source: push-and-inbox.md 3.2 and 3.3.
    """
    known = owners.of_device(
        [registration.activation_id],
        application_id=registration.application_id,
        token=registration.token,
        at=at,
    )
    _twice(partial(_register, registration, known, at=at))


def known_to_back_end(
    application_id: str, activation_ids: Collection[str], token: str, *, at: datetime
) -> Owners:
    """Give what `register_for_back_end` needs to know, outside of a transaction.

    Raises:
        RemoteFailure: the server that has the activations does not answer.
    """
    names = _names(activation_ids)
    return owners.of_device(names, application_id=application_id, token=token, at=at)


def register_for_back_end(
    application_id: str,
    activation_ids: Collection[str],
    device: Device,
    known: Owners,
    *,
    at: datetime,
) -> None:
    """Register a device for one activation or several, all or none.

    Nobody has proved here that the activations are ACTIVE: a device of another one is inactive.

    Args:
        known: see `known_to_back_end`.

    Raises:
        NotRegistrable: the application or an activation does not exist, or is over.
        IntegrityError: somebody keeps adding the same device.

    Source: push-and-inbox.md 3.2 and 3.3.
    """
    names = _names(activation_ids)
    _twice(partial(_register_all, application_id, names, device, known, at=at))


def forget(application_id: str, token: str) -> None:
    """Delete the devices of an application that registered a token; there may be none."""
    # Locked in the order of a registration that takes over the same rows.
    locked = PushDevice.objects.of_token(application_id, token).select_for_update().order_by("pk")
    PushDevice.objects.filter(pk__in=locked.values("pk")).delete()


def known_of_state(activation_id: str, claimed: ActivationState | None) -> Owners | None:
    """Give what `update_state` needs to know, outside of a transaction; None if nothing.

    Raises:
        RemoteFailure: the server that has the activation does not answer.
    """
    if claimed not in _ACTIVATING:
        return None
    return owners.of_activation(str(parse_id(activation_id)), at=timezone.now())


@transaction.atomic
def update_state(activation_id: str, known: Owners | None) -> None:
    """Set whether the devices of an activation get everything; there may be none.

    A claim can deactivate, but not activate against the state that the engine knows: news come
    late.

    Args:
        known: see `known_of_state`.

    Source: push-and-inbox.md 3.4.
    """
    name = str(parse_id(activation_id))
    owner = known.find(name) if known else None
    active = owner is not None and owner.active
    PushDevice.objects.filter(activation_id=name).update(is_active=active)


def follow(change: StateChange) -> None:
    """Let the device of an activation follow its state. Source: push-and-inbox.md 3.5.

    Where devices live on another server, a callback tells it: docs/in-front.md.
    """
    if is_remote():
        return
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
def _register(registration: Registration, known: Owners, *, at: datetime) -> None:
    _put(registration, _usable(registration, known), known, at=at)


@transaction.atomic
def _register_all(
    application_id: str,
    activation_ids: Collection[str],
    device: Device,
    known: Owners,
    *,
    at: datetime,
) -> None:
    found = [_registrable(application_id, each, known) for each in activation_ids]
    if len(found) > 1:
        _lock_related(application_id, device.token, activation_ids)
    for owner in found:
        _put(device, owner, known, at=at, beside=activation_ids)


def _lock_related(application_id: str, token: str, activation_ids: Collection[str]) -> None:
    """Lock at once what is going to change one by one; see `_left_behind` on the order."""
    rows = PushDevice.objects.related(application_id, token, activation_ids)
    list(rows.select_for_update().order_by("pk").values_list("pk"))


def _put(
    device: Device, owner: Owner, known: Owners, *, at: datetime, beside: Collection[str] = ()
) -> None:
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
    left_behind = _left_behind(owner.application_id, device.token, known, beside)
    if not left_behind:
        PushDevice.objects.create(activation_id=activation_id, **values)
        return
    newest, *older = left_behind
    whose: dict[str, Any] = {"activation_id": activation_id, "language": device.language}
    PushDevice.objects.filter(pk=newest).update(**{**values, **whose})
    if older:
        PushDevice.objects.filter(pk__in=older).delete()


def _usable(registration: Registration, known: Owners) -> Owner:
    """Give the activation; since the request authenticated, it may have changed."""
    owner = known.find(registration.activation_id)
    if (
        owner is None
        or not owner.active
        or owner.application_id != registration.application_id
        or not owner.user_id
    ):
        raise InvalidActivation
    return owner


def _registrable(application_id: str, activation_id: str, known: Owners) -> Owner:
    """Give an activation that a back end names."""
    owner = known.find(activation_id)
    if owner is None or owner.application_id != application_id or not owner.user_id:
        exists = known.application_exists(application_id)
        raise NotRegistrable(
            Obstacle.UNKNOWN_ACTIVATION if exists else Obstacle.UNKNOWN_APPLICATION
        )
    if owner.over:
        raise NotRegistrable(Obstacle.REMOVED_ACTIVATION)
    return owner


def _names(activation_ids: Collection[str]) -> list[str]:
    # Sorted, so that two calls about the same activations cannot wait for each other.
    return sorted({str(parse_id(activation_id)) for activation_id in activation_ids})


def _left_behind(
    application_id: str, token: str, known: Owners, beside: Collection[str]
) -> list[int]:
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
    keeping = known.keeping([activation_id for _, activation_id, _ in rows])
    stale = [(last, pk) for pk, activation_id, last in rows if activation_id not in keeping]
    return [pk for _, pk in sorted(stale, reverse=True)]
