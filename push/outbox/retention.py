"""The end of messages, and of devices that nobody uses: push-and-inbox.md 10.4.

Everything works in short transactions and leaves alone what somebody else has locked.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Model, OuterRef, QuerySet

from powerauth.models import Activation, ActivationState
from powerauth.protocol.encoding import is_uuid
from powerauth.remote.server import is_remote
from push.models import DeliveryState, PushDelivery, PushDevice, PushMessage, PushRinging
from push.outbox import policy
from push.outbox.writing import RINGING_WINDOW

BATCH = 1000  # rows that one transaction changes or deletes
_OPEN = (DeliveryState.PENDING, DeliveryState.PROCESSING)
M = TypeVar("M", bound=Model)


def finish(*, at: datetime, batch: int = BATCH) -> int:
    """Finish messages that no device waits for any more; personal ones forget what they said."""
    opened = PushDelivery.objects.filter(message=OuterRef("pk"), state__in=_OPEN)
    over = PushMessage.objects.filter(~Exists(opened), finished_at=None)
    total = 0
    while done := _finish_batch(over, at=at, batch=batch):
        total += done
    return total


def prune_messages(*, at: datetime, batch: int = BATCH) -> int:
    """Delete messages whose retention has ended, and what is remembered of ringing."""
    old = PushMessage.objects.filter(finished_at__lte=at - policy.retention())
    quiet = PushRinging.objects.filter(since__lte=at - RINGING_WINDOW)
    return _delete(old, batch) + _delete(quiet, batch)


def prune_devices(*, at: datetime, batch: int = BATCH) -> int:
    """Delete devices that have not registered for long, and those of removed activations."""
    total = 0
    longest = policy.device_retention()
    if longest is not None:
        total += _delete(PushDevice.objects.filter(last_registered_at__lte=at - longest), batch)
    if settings.PUSH_DELETE_ON_REMOVAL and not is_remote():
        for names in _of_removed(batch):
            left = PushDevice.objects.filter(activation_id__in=names, is_active=False)
            total += _delete(left, batch)
    return total


def _of_removed(batch: int) -> Iterator[list[str]]:
    """Give the activations of inactive devices that are removed, some at a time."""
    last = 0
    inactive = PushDevice.objects.filter(is_active=False).order_by("pk")
    while rows := list(inactive.filter(pk__gt=last).values_list("pk", "activation_id")[:batch]):
        last = rows[-1][0]
        removed = Activation.objects.filter(
            pk__in=[name for _, name in rows if is_uuid(name)], state=ActivationState.REMOVED
        )
        yield [str(key) for key in removed.values_list("pk", flat=True)]


@transaction.atomic
def _finish_batch(over: QuerySet[PushMessage], *, at: datetime, batch: int) -> int:
    keys = _locked(over, batch)
    rows = PushMessage.objects.filter(pk__in=keys)
    rows.filter(personal=True).update(content={}, texts={})
    return rows.update(finished_at=at)


def _delete(rows: QuerySet[M], batch: int) -> int:
    total = 0
    while deleted := _delete_batch(rows, batch):
        total += deleted
    return total


@transaction.atomic
def _delete_batch(rows: QuerySet[M], batch: int) -> int:
    keys = _locked(rows, batch)
    if keys:
        rows.model._default_manager.filter(pk__in=keys).delete()
    return len(keys)


def _locked(rows: QuerySet[M], batch: int) -> list[Any]:
    free = rows.select_for_update(of=("self",), skip_locked=True).order_by("pk")
    return list(free.values_list("pk", flat=True)[:batch])
