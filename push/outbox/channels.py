"""How it goes with the ways to providers: circuits, and credentials that are refused.

A provider that fails too often in a row is left alone for a while, and then one delivery probes it;
so are credentials that a provider refuses. Deliveries wait meanwhile, and their attempts do not
count. Only attempts with the present credentials say anything about them.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import F, Q

from push.models import REASON_LENGTH, PushChannel
from push.outbox import policy
from push.outbox.values import Ended
from push.providers.values import Outcome, Result

logger = logging.getLogger(__name__)


def learn(ended: Sequence[Ended], *, at: datetime) -> None:
    """Write down what attempts say about their channels; at most two statements a channel."""
    by_channel: dict[int, list[Ended]] = defaultdict(list)
    for each in ended:
        if each.token or each.result.credentials_refused:
            by_channel[each.delivery.channel_id or 0].append(each)
    # In the order of keys, as every transaction that changes several of them.
    for _, some in sorted(by_channel.items()):
        channel = some[0].delivery.channel
        if channel is not None:
            _learn(channel, [each.result for each in some], at=at)


def has_delivered(channel: PushChannel | None) -> bool:
    """Tell whether the credentials that an attempt was made with have ever delivered."""
    if channel is None:
        return False
    same = PushChannel.objects.filter(pk=channel.pk, version=channel.version)
    return same.filter(delivered_at__isnull=False).exists()


def _learn(channel: PushChannel, results: Sequence[Result], *, at: datetime) -> None:
    same = PushChannel.objects.filter(pk=channel.pk, version=channel.version)
    if any(result.outcome is Outcome.SENT for result in results):
        news = Q(delivered_at=None) | ~Q(failures=0) | ~Q(open_until=None) | ~Q(refused_at=None)
        same.filter(news).update(
            delivered_at=at, failures=0, open_until=None, refused_at=None, refused_reason=""
        )
        return
    refused = [result for result in results if result.credentials_refused]
    if refused:
        _refuse(channel, refused[0].reason, at=at)
    elif any(result.outcome is Outcome.FAILED for result in results):
        # An answer is an answer; whether the credentials are good, it may have not looked.
        same.exclude(failures=0, open_until=None).update(failures=0, open_until=None)
    elif results:
        _count_failures(channel, results, at=at)


def _refuse(channel: PushChannel, reason: str, *, at: datetime) -> None:
    same = PushChannel.objects.filter(pk=channel.pk, version=channel.version)
    known = reason[:REASON_LENGTH]
    if same.filter(refused_at=None).update(refused_at=at):
        logger.error(
            "%s refuses the credentials of application %s: %s",
            *(channel.platform, channel.application_id, known),
        )
    same.update(refused_reason=known, open_until=at + policy.REFUSED_PAUSE)


def _count_failures(channel: PushChannel, results: Sequence[Result], *, at: datetime) -> None:
    same = PushChannel.objects.filter(pk=channel.pk, version=channel.version)
    same.update(failures=F("failures") + len(results))
    threshold = policy.failure_threshold()
    if threshold is not None:
        asked = max(result.retry_after or timedelta(0) for result in results)
        rest = max(policy.failure_reset(), min(asked, policy.max_backoff()))
        same.filter(failures__gte=threshold).update(open_until=at + rest)
