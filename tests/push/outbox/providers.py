"""A provider within the process, and rows for it: devices, ways, messages."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from push.credentials.opening import Opened
from push.messages.values import PushMessage as Content
from push.messages.values import Text
from push.models import DeliveryState, PushChannel, PushDelivery, PushDevice, PushMessage
from push.outbox import writing
from push.outbox.dispatcher import Dispatcher, send_due
from push.outbox.values import Outgoing
from push.providers.values import Outcome, Result, Target

SENT = Result(outcome=Outcome.SENT)
LATER = Result(outcome=Outcome.PENDING, reason="ServiceUnavailable")
NO = Result(outcome=Outcome.FAILED, reason="PayloadEmpty")
REFUSED = Result(outcome=Outcome.FAILED, reason="InvalidProviderToken", credentials_refused=True)
DEAD = Result(outcome=Outcome.FAILED, reason="Unregistered", token_is_dead=True)
HELLO = Content(title=Text(text="Hello"), body=Text(text="You have a message"))

Respond = Callable[[Content, Target], Result | Awaitable[Result]]


@dataclass
class FakeProvider:
    """Makes clients that answer what `respond` says, and keeps what they were asked to send."""

    respond: Respond = lambda content, target: SENT
    sent: list[tuple[Content, Target]] = field(default_factory=list)
    credentials: list[Opened] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    closed: int = 0

    def __call__(self, credentials: Opened) -> "FakeProvider":
        self.credentials.append(credentials)
        return self

    @property
    def tokens(self) -> list[str]:
        return [target.token for _, target in self.sent]

    async def send(self, message: Content, target: Target, *, at: datetime) -> Result:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.sent.append((message, target))
        try:
            found = self.respond(message, target)
            return found if isinstance(found, Result) else await found
        finally:
            self.at_once -= 1

    async def probe(self, *, at: datetime, development: bool = False) -> Result:
        return SENT

    async def close(self) -> None:
        self.closed += 1

    def run(self) -> int:
        """Send all that is due."""
        return send_due(make_client=self)

    def dispatcher(self) -> Dispatcher:
        """Give a dispatcher that sends by this provider."""
        return Dispatcher(make_client=self, grace_s=10)


def slowly(seconds: float, result: Result = SENT) -> Respond:
    """Answer after a while."""

    async def answer() -> Result:
        await asyncio.sleep(seconds)
        return result

    return lambda content, target: answer()


def device(number: int, *, user: str = "alice", **values: Any) -> PushDevice:
    """Register a device of an activation with this number."""
    whole: dict[str, Any] = {
        "user_id": user,
        "application_id": "retail",
        "platform": "fcm",
        "push_token": f"token-{number}",
        "environment": "",
        "last_registered_at": timezone.now() - timedelta(days=1),
        **values,
    }
    return PushDevice.objects.create(activation_id=activation(number), **whole)


def activation(number: int) -> str:
    """Give the identifier of an activation."""
    return f"00000000-0000-4000-8000-{number:012}"


def write(content: Content = HELLO, *, user: str = "alice", **values: Any) -> list[int]:
    """Write a message to a user of the retail application."""
    outgoing = Outgoing(
        application_ids=values.pop("application_ids", ["retail"]),
        user_ids=values.pop("user_ids", [user]),
        source="api",
        message=content,
    )
    at = values.pop("at", timezone.now())
    with transaction.atomic():
        return writing.write(replace(outgoing, **values), at=at)


def states() -> list[tuple[str, str]]:
    """Give state and reason of all deliveries, in the order of their making."""
    return list(PushDelivery.objects.order_by("pk").values_list("state", "reason"))


def only() -> PushDelivery:
    """Give the only delivery."""
    return PushDelivery.objects.get()


def make_due() -> None:
    """Let the pauses of deliveries and of providers be over."""
    now = timezone.now()
    PushDelivery.objects.filter(state=DeliveryState.PENDING).update(next_attempt_at=now)
    past = now - timedelta(seconds=1)
    PushChannel.objects.exclude(open_until=None).update(open_until=past)


def end_leases() -> None:
    """Let the time of all workers be over."""
    past = timezone.now() - timedelta(seconds=1)
    PushDelivery.objects.filter(state=DeliveryState.PROCESSING).update(lease_until=past)


def messages() -> list[PushMessage]:
    """Give all messages in the order of their making."""
    return list(PushMessage.objects.order_by("pk"))


def channel(platform: str = "fcm") -> PushChannel:
    """Give the way of the retail application to a provider."""
    return PushChannel.objects.get(application_id="retail", platform=platform)


def answering(result: Result) -> FakeProvider:
    """Give a provider that says the same to everything."""
    return FakeProvider(respond=lambda content, target: result)
