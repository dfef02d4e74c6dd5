"""What became of an attempt: integration-api.md 11.4.

Only who still holds the lease writes it, so a worker that was thought dead overwrites nobody.

A callback that fails too often in a row is left alone for a while, and then one event probes it.
Its events wait meanwhile. This deviates from the specification on purpose: there they are stored as
failed at once, and the bank would never hear of them.
"""

import logging
import uuid
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F
from prometheus_client import Counter

from powerauth.callbacks import timing
from powerauth.callbacks.failures import DeliveryFailed
from powerauth.engine.callbacks import callbacks
from powerauth.models import Callback, CallbackEvent, CallbackEventState

DELIVERIES = Counter("callback_deliveries", "Attempts to deliver a callback event", ["outcome"])
REASON_LENGTH = 255
logger = logging.getLogger(__name__)


def delivered(event: CallbackEvent, *, at: datetime) -> bool:
    """Complete an event; give False if it is not ours any more."""
    with transaction.atomic():
        ours = _finish(event, CallbackEventState.COMPLETED, finished_at=at, last_error="")
        if ours:
            troubled = Callback.objects.exclude(failures=0, open_until=None)
            troubled.filter(pk=event.callback_id).update(failures=0, open_until=None)
    DELIVERIES.labels("delivered" if ours else "lost").inc()
    return ours


def failed(event: CallbackEvent, failure: DeliveryFailed, *, at: datetime) -> bool:
    """Let an event wait for its next attempt, or give it up; False if it is not ours any more."""
    reason = failure.reason[:REASON_LENGTH]
    tried_out = event.attempts >= callbacks.max_attempts_of(event.callback)
    with transaction.atomic():
        if tried_out:
            ours = _finish(event, CallbackEventState.FAILED, finished_at=at, last_error=reason)
        else:
            again_at = at + timing.pause(
                event.attempts,
                initial=callbacks.initial_backoff_of(event.callback),
                asked=failure.asked,
            )
            ours = _finish(
                event, CallbackEventState.PENDING, next_attempt_at=again_at, last_error=reason
            )
        if ours:
            _count_failure(event.callback_id, at=at)
    DELIVERIES.labels(("failed" if tried_out else "retried") if ours else "lost").inc()
    if ours and tried_out:
        logger.warning("callback event %s failed for good: %s", event.pk, reason)
    return ours


def _finish(event: CallbackEvent, state: CallbackEventState, **values: object) -> bool:
    held = CallbackEvent.objects.filter(
        pk=event.pk, state=CallbackEventState.PROCESSING, lease_until=event.lease_until
    )
    return held.update(state=state, lease_until=None, **values) > 0


def _count_failure(callback_id: uuid.UUID, *, at: datetime) -> None:
    callback = Callback.objects.filter(pk=callback_id)
    callback.update(failures=F("failures") + 1)
    threshold = int(settings.CALLBACK_FAILURE_THRESHOLD)
    if threshold != -1:
        callback.filter(failures__gte=threshold).update(open_until=at + timing.failure_reset())
