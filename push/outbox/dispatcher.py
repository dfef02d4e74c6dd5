"""Sending what is due.

One thread works with the database, and another one with the providers; so a provider that hangs
holds up neither the messages of another one nor what becomes of them.
"""

import logging
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from types import TracebackType

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from powerauth.engine.storage.records import SecretUnreadable
from push.credentials.opening import Opened, opened
from push.models import PushAppCredentials, PushDelivery, PushDevice
from push.outbox import claim, composing, outcome, policy
from push.outbox.attempts import Attempt, Attempts, MakeClient
from push.outbox.claim import Taken
from push.outbox.reasons import CREDENTIALS_UNREADABLE, INTERNAL_ERROR, NO_CREDENTIALS
from push.outbox.values import Ended
from push.providers.clients import client_of
from push.providers.values import Client, Outcome, Result

LOOK_S = 0.25  # seconds between two looks for due deliveries while others are on the way
KEEP_S = 5.0  # seconds between two looks for what dead workers left, and for what is too late
RECORD_S = 5.0  # seconds of a lease that are left for writing down what became of it
logger = logging.getLogger(__name__)


class Dispatcher:
    """Takes over due deliveries, sends them and records what became of them.

    All methods are for one thread. Leaving the block waits for what is on the way.

    Args:
        make_client: gives what talks to a provider.
        grace_s: seconds to wait for it in the end; without it, until the last attempt is over.
    """

    def __init__(
        self, *, make_client: MakeClient | None = None, grace_s: float | None = None
    ) -> None:
        self.begun = 0
        self._grace_s = grace_s
        self._attempts = Attempts(make_client or _client_of)
        self._unrecorded: list[Ended] = []
        self._kept_at = float("-inf")

    def __enter__(self) -> "Dispatcher":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def turn(self) -> bool:
        """Begin what is due and there is room for, and record what has ended.

        Returns: False if there was nothing to do: nothing due, and nothing on the way.
        """
        self._record()
        self._keep()
        self._begin()
        busy = bool(self._attempts.on_the_way or self._unrecorded)
        self._record_ended(timeout_s=LOOK_S)
        return busy

    def close(self) -> None:
        """Wait for what is on the way, and record it; what takes too long is left to others."""
        until = None if self._grace_s is None else time.monotonic() + self._grace_s
        try:
            while self._attempts.on_the_way and (until is None or time.monotonic() < until):
                self._record_ended(timeout_s=LOOK_S)
            left = self._attempts.on_the_way
            if left:
                logger.warning("%s push deliveries are left to other workers", len(left))
                claim.give_back(left, at=timezone.now())
        finally:
            self._attempts.close()

    def _keep(self) -> None:
        if time.monotonic() - self._kept_at < KEEP_S:
            return
        now = timezone.now()
        for keep in (claim.give_back_ended, claim.expire_overdue):
            while keep(at=now) == claim.ENDED_BATCH:
                pass
        self._kept_at = time.monotonic()

    def _begin(self) -> None:
        on_the_way = self._attempts.on_the_way
        taken = claim.take_due(
            at=timezone.now(),
            on_the_way=Counter(delivery.channel_id or 0 for delivery in on_the_way),
            of_provider=Counter(delivery.platform for delivery in on_the_way),
        )
        for some in taken:
            self._begin_some(some)

    def _begin_some(self, taken: Taken) -> None:
        channel, until = taken.channel, time.monotonic() + _limit_s()
        row = PushAppCredentials.objects.filter(application_id=channel.application_id).first()
        if row is None:
            self._refuse_all(taken, NO_CREDENTIALS)
            return
        version = (channel.version, row.updated_at)
        credentials: Opened | None = None
        if not self._attempts.knows(channel.pk, version):
            try:
                credentials = opened(row, channel.platform)
            except SecretUnreadable:
                self._refuse_all(taken, CREDENTIALS_UNREADABLE)
                return
            if credentials is None:
                self._refuse_all(taken, NO_CREDENTIALS)
                return
        attempts = list(self._composed(taken.deliveries, row.apns_environment, until=until))
        self._attempts.begin(channel.pk, version, attempts, credentials)
        self.begun += len(attempts)

    def _composed(
        self, deliveries: Sequence[PushDelivery], environment: str, *, until: float
    ) -> Iterator[Attempt]:
        """Give the attempts; what cannot be sent at all has ended."""
        names = [delivery.activation_id for delivery in deliveries]
        devices = {
            device.activation_id: device
            for device in PushDevice.objects.filter(activation_id__in=names)
        }
        default = policy.default_environment()
        for delivery in deliveries:
            device = devices.get(delivery.activation_id)
            try:
                target = composing.target_of(
                    delivery, device, application=environment, default=default
                )
                content = composing.content_of(delivery.message, device.language if device else "")
            except composing.Unsendable as refusal:
                result = Result(outcome=Outcome.FAILED, reason=refusal.reason)
            except Exception as error:
                # One message that nobody can read must not hold up those beside it.
                logger.error("push delivery %s: %s", delivery.pk, type(error).__name__)
                result = Result(outcome=Outcome.PENDING, reason=INTERNAL_ERROR)
            else:
                yield Attempt(delivery=delivery, content=content, target=target, until=until)
                continue
            self._unrecorded.append(Ended(delivery=delivery, result=result))

    def _refuse_all(self, taken: Taken, reason: str) -> None:
        """Let deliveries wait whose credentials cannot be used."""
        result = Result(outcome=Outcome.FAILED, reason=reason, credentials_refused=True)
        self._unrecorded += [Ended(delivery=each, result=result) for each in taken.deliveries]

    def _record_ended(self, *, timeout_s: float) -> None:
        self._unrecorded += self._attempts.ended(timeout_s=timeout_s)
        self._record()

    def _record(self) -> None:
        """Write down what has ended; a database that is away for a while gets it later."""
        if not self._unrecorded:
            return
        try:
            outcome.record(self._unrecorded, at=timezone.now())
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            # The leases end, and the messages are sent once more.
            logger.exception("the outcome of push deliveries could not be written")
        self._unrecorded = []


def send_due(*, make_client: MakeClient | None = None) -> int:
    """Send all that is due, and wait for the outcomes; give how many attempts were made."""
    with Dispatcher(make_client=make_client) as dispatcher:
        while dispatcher.turn():
            pass
    return dispatcher.begun


def _client_of(credentials: Opened) -> Client:
    return client_of(credentials, policy.provider_settings())


def _limit_s() -> float:
    """Give how long an attempt may take, so that its end is written within its lease."""
    return policy.lease().total_seconds() - RECORD_S
