"""Writing messages row by row, for databases that do not take it all as one statement.

Whoever calls holds the only write lock of the database.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from push.messages.stored import to_json
from push.models import (
    DeliveryState,
    PushChannel,
    PushDelivery,
    PushDevice,
    PushMessage,
    PushRinging,
)
from push.outbox import policy
from push.outbox.reasons import NO_CREDENTIALS
from push.outbox.values import Outgoing

_Way = tuple[PushDevice, PushChannel | None]


def write(outgoing: Outgoing, *, at: datetime, window: timedelta) -> list[int]:
    """Write what `writing.write` does."""
    ways = _ways(outgoing)
    silenced = _silenced(outgoing, {device.user_id for device, _ in ways}, at=at, window=window)
    messages: dict[tuple[str, str], PushMessage] = {}
    for device, channel in ways:
        whom = (device.application_id, device.user_id)
        if whom not in messages:
            silent = outgoing.message.silent or device.user_id in silenced
            messages[whom] = _message(outgoing, *whom, silent=silent, at=at)
        _delivery(outgoing, messages[whom], device, channel, at=at).save()
    return sorted(message.pk for message in messages.values())


def expiry_of(outgoing: Outgoing, *, at: datetime) -> datetime:
    """Give when no device need hear of a message any more."""
    return outgoing.message.valid_until or at + policy.validity()


def _ways(outgoing: Outgoing) -> list[_Way]:
    devices = PushDevice.objects.filter(
        user_id__in=outgoing.user_ids, application_id__in=outgoing.application_ids
    )
    if outgoing.message.personal:
        devices = devices.filter(is_active=True)
    if outgoing.activation_ids is not None:
        devices = devices.filter(activation_id__in=outgoing.activation_ids)
    channels = {
        (channel.application_id, channel.platform): channel
        for channel in PushChannel.objects.filter(
            application_id__in=outgoing.application_ids, enabled=True
        )
    }
    ways = [
        (device, channels.get((device.application_id, device.platform)))
        for device in devices.exclude(activation_id=outgoing.besides or "").order_by("pk")
    ]
    return [way for way in ways if way[1] is not None or not outgoing.only_sendable]


def _silenced(
    outgoing: Outgoing, user_ids: Iterable[str], *, at: datetime, window: timedelta
) -> Sequence[str]:
    """Let the phones of users ring; give those users whose phones have rung too often."""
    if not outgoing.limited or outgoing.message.silent:
        return []
    silenced = []
    for user_id in user_ids:
        known = PushRinging.objects.filter(user_id=user_id).first()
        if known is None or known.since <= at - window:
            known = PushRinging(user_id=user_id, since=at, rung=0)
        known.rung += 1
        known.save()
        if known.rung > policy.ringing_per_minute():
            silenced.append(user_id)
    return silenced


def _message(
    outgoing: Outgoing, application_id: str, user_id: str, *, silent: bool, at: datetime
) -> PushMessage:
    return PushMessage.objects.create(
        application_id=application_id,
        user_id=user_id,
        source=outgoing.source,
        cause=outgoing.cause,
        content=to_json(outgoing.message),
        texts=outgoing.texts,
        personal=outgoing.message.personal,
        silent=silent,
        priority=outgoing.message.priority.value,
        created_at=at,
        valid_until=outgoing.message.valid_until,
    )


def _delivery(
    outgoing: Outgoing,
    message: PushMessage,
    device: PushDevice,
    channel: PushChannel | None,
    *,
    at: datetime,
) -> PushDelivery:
    expires_at = expiry_of(outgoing, at=at)
    state = DeliveryState.EXPIRED if expires_at <= at else DeliveryState.PENDING
    if channel is None:
        state = DeliveryState.FAILED
    return PushDelivery(
        message=message,
        channel=channel,
        activation_id=device.activation_id,
        platform=device.platform,
        state=state,
        next_attempt_at=at,
        expires_at=expires_at,
        reason=NO_CREDENTIALS if channel is None else "",
        finished_at=None if state is DeliveryState.PENDING else at,
    )
