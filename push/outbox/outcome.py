"""What became of attempts, written down together: push-and-inbox.md 6.

Only who still holds the lease writes, so a worker that was thought dead overwrites nobody.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from enrollment_server.remote import pauses
from push.models import REASON_LENGTH, DeliveryState, PushDelivery, PushDevice
from push.outbox import channels, figures, policy
from push.outbox.values import Ended
from push.providers.reasons import EXPIRED
from push.providers.values import Outcome

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdict:
    """What is stored of a delivery, together with others of the same.

    Args:
        counted: whether the attempt counts.
    """

    state: DeliveryState
    reason: str = ""
    counted: bool = True


def record(ended: Sequence[Ended], *, at: datetime) -> None:
    """Write down what became of deliveries in our hands, of whatever channels."""
    with transaction.atomic():
        kinds = _store(ended, at=at)
        channels.learn(ended, at=at)
    figures.ended(kinds)
    for each in ended:
        if each.result.token_is_dead:
            _forget_device(each)


def _store(ended: Sequence[Ended], *, at: datetime) -> Counter[figures.Kind]:
    kinds: Counter[figures.Kind] = Counter()
    together: dict[tuple[datetime | None, _Verdict], list[int]] = defaultdict(list)
    again: dict[datetime | None, list[PushDelivery]] = defaultdict(list)
    for each in ended:
        delivery, verdict = each.delivery, _verdict(each, at=at)
        state = verdict.state if verdict else DeliveryState.PENDING
        kinds[delivery.platform, state.value, each.result.reason] += 1
        if verdict is None:
            delivery.reason = each.result.reason[:REASON_LENGTH]
            again[delivery.lease_until].append(delivery)
        else:
            together[delivery.lease_until, verdict].append(delivery.pk)
    for (lease_until, verdict), keys in together.items():
        _held(lease_until).filter(pk__in=keys).update(**_columns(verdict, at=at))
    for lease_until, deliveries in again.items():
        _let_wait(lease_until, deliveries, at=at)
    return kinds


def _verdict(each: Ended, *, at: datetime) -> _Verdict | None:
    """Judge a delivery; None: it is tried again, after a pause of its own."""
    result, delivery = each.result, each.delivery
    reason = result.reason[:REASON_LENGTH]
    if result.outcome is Outcome.SENT:
        return _Verdict(state=DeliveryState.SENT)
    if result.credentials_refused:
        # Nothing is wrong with the message: it waits for other credentials as long as it is valid.
        return _Verdict(state=DeliveryState.PENDING, reason=reason, counted=False)
    if result.reason == EXPIRED:
        return _Verdict(state=DeliveryState.EXPIRED, reason=reason)
    if result.outcome is Outcome.FAILED:
        return _Verdict(state=DeliveryState.FAILED, reason=reason, counted=bool(each.token))
    if delivery.attempts >= policy.max_attempts():
        return _Verdict(state=DeliveryState.FAILED, reason=reason)
    delivery.next_attempt_at = at + pauses.pause(
        delivery.attempts,
        initial=policy.initial_backoff(),
        longest=policy.max_backoff(),
        asked=result.retry_after,
    )
    if delivery.next_attempt_at >= delivery.expires_at:
        return _Verdict(state=DeliveryState.EXPIRED, reason=reason)
    return None


def _columns(verdict: _Verdict, *, at: datetime) -> dict[str, object]:
    waits = verdict.state is DeliveryState.PENDING
    return {
        "state": verdict.state,
        "reason": verdict.reason,
        "lease_until": None,
        "attempted_at": at,
        "finished_at": None if waits else at,
        **({} if verdict.counted else {"attempts": F("attempts") - 1}),
    }


def _let_wait(
    lease_until: datetime | None, deliveries: Sequence[PushDelivery], *, at: datetime
) -> None:
    for delivery in deliveries:
        delivery.state = DeliveryState.PENDING
        delivery.lease_until = None
        delivery.attempted_at = at
    columns = ["state", "lease_until", "reason", "attempted_at", "next_attempt_at"]
    _held(lease_until).bulk_update(deliveries, columns)


def _held(lease_until: datetime | None) -> "QuerySet[PushDelivery]":
    return PushDelivery.objects.filter(state=DeliveryState.PROCESSING, lease_until=lease_until)


def _forget_device(each: Ended) -> None:
    """Delete the device of a dead token, unless it has registered since.

    One by one, each by a statement of its own: registrations lock several devices.
    """
    delivery, result = each.delivery, each.result
    if result.is_doubtful and not channels.has_delivered(delivery.channel):
        logger.warning(
            "push device stays: %s of a configuration that has not delivered anything yet",
            result.reason,
        )
        return
    devices = PushDevice.objects.filter(
        activation_id=delivery.activation_id, push_token=each.token, platform=delivery.platform
    )
    if result.dead_since is not None:
        devices = devices.filter(last_registered_at__lte=result.dead_since)
    devices.delete()
