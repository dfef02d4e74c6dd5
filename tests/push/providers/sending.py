"""Sending as a worker does, in an event loop of its own."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from push.messages.values import PushMessage, Text
from push.providers.clients import Credentials, client_of
from push.providers.values import Client, Result, Settings, Target

T = TypeVar("T")
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
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


@contextmanager
def listening(serve: Serve, host: str, port: int = 0) -> Iterator[int]:
    """Serve connections in a thread for as long as the block takes; give the port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> asyncio.Server:
        return await asyncio.start_server(serve, host, port)

    async def stop() -> None:
        server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.01)  # until the connections are closed

    server = asyncio.run_coroutine_threadsafe(start(), loop).result()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
