"""Callbacks and events of the tests, made as the product makes them."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from powerauth.engine.callbacks import callback_outbox, callbacks
from powerauth.engine.callbacks.callback_authentication import Authentication
from powerauth.models import Application, Callback, CallbackEvent, CallbackType
from tests.factories import ApplicationFactory

PAYLOAD = {
    "type": "OPERATION",
    "operationId": "1f8d9f6a-0000-4000-8000-000000000001",
    "userId": "alice",
    "status": "APPROVED",
    "externalId": None,
    "data": "A1*A100CZK*Nžluťoučký",
}


def make_callback(
    url: str,
    *,
    application: Application | None = None,
    authentication: Authentication | None = None,
    **values: Any,
) -> Callback:
    """Give an enabled callback of an application, or of a new one."""
    configuration = callbacks.Configuration(
        name="receiver",
        type=CallbackType.OPERATION_STATUS_CHANGE,
        url=url,
        attributes=values.pop("attributes", ["userId", "status"]),
        authentication=authentication or Authentication(),
        **values,
    )
    owner = application or ApplicationFactory.create()
    return callbacks.create(owner.id, configuration, at=timezone.now()).callback


def write_event(callback: Callback, **members: Any) -> CallbackEvent:
    """Write an event of one change, and give it."""
    known = set(CallbackEvent.objects.values_list("pk", flat=True))
    callback_outbox.write(
        CallbackType.OPERATION_STATUS_CHANGE,
        [callback.application_id],
        {**PAYLOAD, **members},
        at=timezone.now(),
    )
    return CallbackEvent.objects.exclude(pk__in=known).get(callback=callback)


def write_events(callback: Callback, count: int) -> None:
    """Write so many events."""
    for number in range(count):
        callback_outbox.write(
            CallbackType.OPERATION_STATUS_CHANGE,
            [callback.application_id],
            {**PAYLOAD, "userId": str(number)},
            at=timezone.now(),
        )


def make_due() -> None:
    """Let the pauses of all waiting events be over."""
    CallbackEvent.objects.filter(state="PENDING").update(next_attempt_at=timezone.now())


def end_leases() -> None:
    """Let the time of all workers be over."""
    past = timezone.now() - timedelta(seconds=1)
    CallbackEvent.objects.filter(state="PROCESSING").update(lease_until=past)


def end_rest(callback: Callback) -> None:
    """Let the time be over for which a failing receiver is left alone."""
    past = timezone.now() - timedelta(seconds=1)
    Callback.objects.filter(pk=callback.pk, open_until__isnull=False).update(open_until=past)
