"""Sending as a worker does, in an event loop of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from push.messages.values import PushMessage, Text
from push.providers.clients import Credentials, client_of
from push.providers.values import Client, Result, Settings, Target

T = TypeVar("T")
APNS_TOKEN = "ab" * 32
FCM_TOKEN = "fcm-token-of-a-phone:APA91b"
HMS_TOKEN = "hms-token-of-a-phone-0001"
MESSAGE = PushMessage(title=Text(text="Payment"), body=Text(text="Waits for you"))


def now() -> datetime:
    return datetime.now(UTC)


def with_client(
    credentials: Credentials, settings: Settings, work: Callable[[Client], Awaitable[T]]
) -> T:
    """Do something with a client, and close it."""

    async def run() -> T:
        client = client_of(credentials, settings)
        try:
            return await work(client)
        finally:
            await client.close()

    return asyncio.run(run())


def send(
    credentials: Credentials,
    settings: Settings,
    token: str,
    message: PushMessage = MESSAGE,
    *,
    development: bool = False,
) -> Result:
    """Send one message by a client of its own."""
    target = Target(token=token, development=development)
    return with_client(credentials, settings, lambda client: client.send(message, target, at=now()))


def with_data_only(settings: Settings, data_only: bool) -> Settings:
    """Give settings for apps of Android that build their notifications themselves, or do not."""
    return replace(settings, fcm_data_only=data_only)
